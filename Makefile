# Every target is one line over dev.py; where make is missing, `python3 dev.py <target>` does the same.
.PHONY: setup run test e2e shots check bench seed wheel

setup run test e2e shots check bench seed wheel:
	@python3 dev.py $@

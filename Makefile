# Every target is one line over dev.py; where make is missing, `python3 dev.py <target>` does the same.
.PHONY: setup run test e2e shots check bench chaos seed wheel

setup run test e2e shots check bench chaos seed wheel:
	@python3 dev.py $@

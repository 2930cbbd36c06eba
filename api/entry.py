"""入口: what `shixian` runs. Loading the commands takes a moment, in which Ctrl-C must not look like a fault."""

import sys


def main() -> None:
    """运行命令行."""
    try:
        from api.cli import main as commands

        commands()
    except KeyboardInterrupt:
        sys.stderr.write("已中断。 Interrupted.\n")
        sys.exit(130)


if __name__ == "__main__":
    main()

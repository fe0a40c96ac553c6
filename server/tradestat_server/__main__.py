"""`python -m tradestat_server`, and the entry point of the MCP Bundle."""

from tradestat_server.cli.main import main

if __name__ == "__main__":
    main()

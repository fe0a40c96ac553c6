"""`python -m tradestat_server`, and the entry point of the MCP Bundle, which is run by its path."""

import sys
from pathlib import Path

HERE = str(Path(__file__).resolve().parent)

# Run by its path, this folder stands first among those that are searched, and `mcp` would be our room, not the SDK.
sys.path[:] = [folder for folder in sys.path if not folder or str(Path(folder).resolve()) != HERE]

from tradestat_server.cli.main import main  # noqa: E402

if __name__ == "__main__":
    main()

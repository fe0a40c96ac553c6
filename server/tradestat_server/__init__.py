"""What a client connects to: MCP, transports, rendering, the command line. Knows no source."""

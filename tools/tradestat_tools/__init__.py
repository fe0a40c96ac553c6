"""What Tradestat knows about trade statistics: sources, codes, research. Knows no MCP."""

"""/taxonomy: columns and topics, changed in chat. A shelf is "t/llm" or "c/ai" on its buttons."""

"""模型增强版, the pure part: prompts, the answer's schema, tolerant reading, checking.

Nothing here talks to a model: `bot.model` asks, this package says what to ask and what of the
answer may be shown.
"""

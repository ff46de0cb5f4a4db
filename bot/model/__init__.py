"""模型增强版 in the running bot: asking a model within a budget, and never depending on it."""

from bot.model.port import CallStore, MemoryCalls, Spent
from bot.model.tier import Attempt, Job, Model, make_model
from bot.model.trouble import ModelTrouble

__all__ = [
    "Attempt",
    "CallStore",
    "Job",
    "MemoryCalls",
    "Model",
    "ModelTrouble",
    "Spent",
    "make_model",
]

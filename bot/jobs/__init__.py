"""The steps that the schedule wakes: poll, read, plan, tidy up. Each does what is due, once.

State lives in tables; a wake-up that is lost or doubled costs nothing.
"""

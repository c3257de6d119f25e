"""Collective actors (Akteure) and the rooms, tools, knowledge and reach they lend."""

"""What the figures are meant to be at least: how many times as fast as Strawberry, or as another engine.

SPDX-License-Identifier: Apache-2.0
"""

DICTS, JSON, CACHED = "Gyrfalcon, dicts", "Gyrfalcon, JSON", "Strawberry, both caches"
SIX_LEVELS = ("simple", "author", "posts count", "comments", "comment authors", "full")
LEAST = 15  # for each of the six levels

EXECUTION = {
    "flat 10k x 5": (60, 80),
    "nested 1k x 10": (60, 80),
    "full, no suspension": (40, 40),
    "full x10, no suspension": (40, 40),
    "full, sleep(0)": (15, 15),
    "full x10, sleep(0)": (15, 15),
    "full, futures": (6, 6),
    "full x10, futures": (6, 6),
    "introspection, GitHub": (50, 200),
}
HOOKS = {
    "flat, Apollo tracing": 100,
    "flat, a directive declared": 100,
    "full, unknown resolve hook": 10,
    "flat, unknown resolve hook": 10,
    "permission class, per item": 12,
    "info, per item": 12,
    "one argument, per item": 40,
    "one argument, given, per item": 40,
}

# (workload, engine): times as fast as the first engine
TARGETS: dict[tuple[str, str], float] = {
    **{(f"{level}, no suspension", DICTS): LEAST for level in SIX_LEVELS},
    **{(workload, DICTS): times for workload, (times, _) in EXECUTION.items()},
    **{(workload, JSON): times for workload, (_, times) in EXECUTION.items()},
    **{(workload, "Gyrfalcon"): times for workload, times in HOOKS.items()},
    ("7 fields, seen before", "Gyrfalcon"): 25,
    ("7 fields, seen before", "Gyrfalcon, installed"): 25,
    ("7 fields, three limiters", "Gyrfalcon"): 8,
    ("7 fields, each document new", "Gyrfalcon"): 6,
    ("POST, 7 fields", "Gyrfalcon, bytes"): 10,
    ("POST, flat", "Gyrfalcon, bytes"): 40,
    ("POST, flat", "Gyrfalcon, dicts by a hook"): 14,
}

# (workload, engine): another engine, and times as fast as that
BESIDE: dict[tuple[str, str], tuple[str, float]] = {
    **{("7 fields, seen before", f"Gyrfalcon{way}"): (CACHED, 4) for way in ("", ", installed", ", both caches")},
    **{("POST, 7 fields", f"Gyrfalcon, {way}"): (CACHED, 2.5) for way in ("bytes", "both caches")},
}

SLEEPS = 1.05  # wall time beside the critical path, at most

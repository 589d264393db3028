"""Points for check-ins whose answer is known beforehand.

Why so coarse: the contract gives `inside` (wholly), `outside` (wholly) and `cannot_tell`, not
the formula of distance. So points are far from every border, and the datum offset of some
500 m (GCJ-02) to 1,300 m (BD-09) decides between inside and outside when it is ignored.
"""

from __future__ import annotations

import math
from random import Random

AXIS, ECCENTRICITY = 6378245.0, 0.00669342162296594323


def _wave(value: float, steps) -> float:
    return sum(weight * math.sin(value * math.pi * factor) for weight, factor in steps) * 2 / 3


def _shift(x: float, y: float) -> tuple:
    both = _wave(x, [(20, 6), (20, 2)])
    lat = (-100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + both
           + _wave(y, [(20, 1), (40, 1 / 3)]) + _wave(y, [(160, 1 / 12), (320, 1 / 30)]))
    lon = (300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + both
           + _wave(x, [(20, 1), (40, 1 / 3)]) + _wave(x, [(150, 1 / 12), (300, 1 / 30)]))
    return lon, lat


def gcj02(lon: float, lat: float) -> tuple:
    """The published offset of Chinese maps."""
    dlon, dlat = _shift(lon - 105, lat - 35)
    rad = math.radians(lat)
    magic = 1 - ECCENTRICITY * math.sin(rad) ** 2
    dlat = math.degrees(dlat / (AXIS * (1 - ECCENTRICITY) / (magic * math.sqrt(magic))))
    dlon = math.degrees(dlon / (AXIS / math.sqrt(magic) * math.cos(rad)))
    return lon + dlon, lat + dlat


def bd09(lon: float, lat: float) -> tuple:
    x, y = gcj02(lon, lat)
    turn = math.pi * 3000 / 180
    z = math.hypot(x, y) + 0.00002 * math.sin(y * turn)
    theta = math.atan2(y, x) + 0.000003 * math.cos(x * turn)
    return z * math.cos(theta) + 0.0065, z * math.sin(theta) + 0.006


DATUMS = {"wgs84": lambda lon, lat: (lon, lat), "gcj02": gcj02, "bd09": bd09}


def _beside(fence: dict, metres: float, rng: Random) -> tuple:
    angle = rng.uniform(0, 2 * math.pi)
    lat = fence["lat"] + metres * math.cos(angle) / 111_320
    lon = fence["lon"] + metres * math.sin(angle) / (111_320 * math.cos(math.radians(fence["lat"])))
    return lon, lat


def _point(fence: dict, metres: float, accuracy: float, rng: Random) -> dict:
    datum = rng.choice(sorted(DATUMS))
    lon, lat = DATUMS[datum](*_beside(fence, metres, rng))
    fix = {"lon": round(lon, 7), "lat": round(lat, 7), "accuracy_m": accuracy}
    if datum != "wgs84" or rng.random() < 0.5:
        fix["datum"] = datum
    return fix


def any_fix(fence, rng: Random) -> tuple:
    """(the fields of the check-in, the result the contract asks for)."""
    kind = rng.choice(("inside", "inside", "inside", "outside", "cannot_tell", "unknown_accuracy", "none", "zeros", "zero_accuracy"))
    if kind == "none":
        return {}, "no_fix"
    if kind == "zeros":
        # what a phone does not know it fills with zero: in whatever datum, with any accuracy
        fix = {"lon": rng.choice((0, 0.0)), "lat": 0}
        return {**fix, **rng.choice(({}, {"accuracy_m": 0}, {"accuracy_m": 12}, {"datum": "bd09", "accuracy_m": 5}))}, "no_fix"
    if fence is None:
        return {"lon": 107.5, "lat": 31.2, "accuracy_m": 5}, "cannot_tell"
    radius = fence["radius_m"]
    if kind == "unknown_accuracy":
        fix = _point(fence, radius * rng.uniform(0, 5), 1, rng)
        del fix["accuracy_m"]
        return fix, "cannot_tell"
    if kind == "zero_accuracy":
        return _point(fence, radius * rng.uniform(0, 5), 0, rng), "cannot_tell"
    if kind == "cannot_tell":
        return _point(fence, radius * rng.uniform(0, 2), radius * 4, rng), kind
    if kind == "outside":
        return _point(fence, radius * rng.uniform(3, 20), round(radius * rng.uniform(0.01, 1)), rng), kind
    return _point(fence, radius * rng.uniform(0, 0.4), round(radius * rng.uniform(0.01, 0.4), 1), rng), kind

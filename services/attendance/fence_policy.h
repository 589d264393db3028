/* fence_policy - where a fix lies, and whether that is inside a village's fence (rules.md 3).
 * Pure: no clock, no I/O, no allocation, no globals.  Degrees and metres. */
#pragma once
#include "attendance.pb-c.h"
#include <stdbool.h>

struct point { double lon, lat; };
struct fence { struct point centre; double radius_m; };         /* WGS-84 */
struct fix { struct point at; bool has_accuracy; double accuracy_m; };  /* WGS-84 */

/* A point of another datum in WGS-84, to within a millimetre of the inverse of the shift. */
struct point point_wgs84(struct point p, Attendance__Datum datum);

/* Along the great circle of a sphere of the Earth's mean radius (R1 of IUGG, 6371008.8 m), by the haversine formula,
 * which stays exact for short distances.  At our latitudes the ellipsoid differs by at most 0.3 %: 5 m at 1.5 km, less
 * than any phone's accuracy. */
double point_distance_m(struct point a, struct point b);

/* The circle of the fix's accuracy against that of the fence: wholly inside, wholly outside, or neither.  Without a
 * fix, an accuracy or a fence (NULL) there is nothing to compare. */
Attendance__CheckinResult fence_result(const struct fix *fix, const struct fence *fence);

/* Of a check-in as it was given.  What a phone fills with zero when it does not know is not a measurement: longitude
 * and latitude that are both zero are no fix, and an accuracy of zero is none. */
Attendance__CheckinResult checkin_result(const Attendance__RecordCheckin *in, const struct fence *fence);

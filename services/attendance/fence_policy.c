#include "fence_policy.h"
#include <math.h>

/* ---- datums
 *
 * Chinese maps use GCJ-02, a never published shift of WGS-84 by some hundred metres, and Baidu's use BD-09, a further
 * one.  The polynomial of GCJ-02 became known in 2010 through the code of a map vendor and is used by everybody in the
 * same form; see googollee/eviltransform and wandergis/coordtransform, whose test points ours are.  a and ee are
 * those of the ellipsoid of Krasovsky 1940.  Both are shifts *from* WGS-84; the way back is by iteration, as the
 * shift changes slowly. */

static const double KRASOVSKY_A = 6378245.0, KRASOVSKY_EE = 0.00669342162296594323;
static const double BD_PI = M_PI * 3000 / 180, BD_LON = 0.0065, BD_LAT = 0.006;

enum { UNSHIFT_ROUNDS = 6 };    /* each brings some two digits */

/* Outside this rectangle GCJ-02 is WGS-84. */
static bool
is_shifted(struct point p)
{
	return p.lon >= 72.004 && p.lon <= 137.8347 && p.lat >= 0.8293 && p.lat <= 55.8271;
}

/* What both coordinates' shifts have in common, in metres. */
static double
ripple(double x)
{
	return (20 * sin(6 * x * M_PI) + 20 * sin(2 * x * M_PI)) * 2 / 3;
}

static double
shift_lat_m(double x, double y)
{
	return -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(fabs(x)) + ripple(x) +
	       (20 * sin(y * M_PI) + 40 * sin(y / 3 * M_PI)) * 2 / 3 +
	       (160 * sin(y / 12 * M_PI) + 320 * sin(y / 30 * M_PI)) * 2 / 3;
}

static double
shift_lon_m(double x, double y)
{
	return 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(fabs(x)) + ripple(x) +
	       (20 * sin(x * M_PI) + 40 * sin(x / 3 * M_PI)) * 2 / 3 +
	       (150 * sin(x / 12 * M_PI) + 300 * sin(x / 30 * M_PI)) * 2 / 3;
}

/* Metres become degrees by the ellipsoid's radii of curvature, along the meridian and along the parallel. */
static struct point
gcj02_of_wgs84(struct point p)
{
	double x = p.lon - 105, y = p.lat - 35, lat = p.lat * M_PI / 180;
	double w2 = 1 - KRASOVSKY_EE * sin(lat) * sin(lat), w = sqrt(w2);
	double meridian_m = KRASOVSKY_A * (1 - KRASOVSKY_EE) / (w2 * w), parallel_m = KRASOVSKY_A / w * cos(lat);

	if (!is_shifted(p))
		return p;
	return (struct point){ .lon = p.lon + shift_lon_m(x, y) / parallel_m * 180 / M_PI,
	                       .lat = p.lat + shift_lat_m(x, y) / meridian_m * 180 / M_PI };
}

static struct point
bd09_of_gcj02(struct point p)
{
	double r = hypot(p.lon, p.lat) + 0.00002 * sin(p.lat * BD_PI);
	double angle = atan2(p.lat, p.lon) + 0.000003 * cos(p.lon * BD_PI);

	return (struct point){ .lon = r * cos(angle) + BD_LON, .lat = r * sin(angle) + BD_LAT };
}

/* The point that the shift brings to p. */
static struct point
unshift(struct point p, struct point (*shift)(struct point))
{
	struct point from = p;

	for (int i = 0; i < UNSHIFT_ROUNDS; i++) {
		struct point to = shift(from);

		from.lon += p.lon - to.lon;
		from.lat += p.lat - to.lat;
	}
	return from;
}

struct point
point_wgs84(struct point p, Attendance__Datum datum)
{
	switch (datum) {
	case ATTENDANCE__DATUM__BD09:
		p = unshift(p, bd09_of_gcj02);
		/* fall through */
	case ATTENDANCE__DATUM__GCJ02:
		return unshift(p, gcj02_of_wgs84);
	default:
		return p;
	}
}

/* ---- distances and fences */

double
point_distance_m(struct point a, struct point b)
{
	const double radius_m = 6371008.8, radian = M_PI / 180;
	double south = sin((b.lat - a.lat) * radian / 2), east = sin((b.lon - a.lon) * radian / 2);
	double h = south * south + cos(a.lat * radian) * cos(b.lat * radian) * east * east;

	return 2 * radius_m * asin(sqrt(fmin(h, 1)));
}

Attendance__CheckinResult
fence_result(const struct fix *fix, const struct fence *fence)
{
	if (!fix)
		return ATTENDANCE__CHECKIN_RESULT__NO_FIX;
	if (!fix->has_accuracy || !fence)
		return ATTENDANCE__CHECKIN_RESULT__CANNOT_TELL;
	double away_m = point_distance_m(fix->at, fence->centre);

	if (away_m + fix->accuracy_m <= fence->radius_m)
		return ATTENDANCE__CHECKIN_RESULT__INSIDE;
	if (away_m - fix->accuracy_m > fence->radius_m)
		return ATTENDANCE__CHECKIN_RESULT__OUTSIDE;
	return ATTENDANCE__CHECKIN_RESULT__CANNOT_TELL;
}

/* ---- what a phone says */

/* A tenth of a metre around nowhere, and less than a millimetre: zeros, also those that a library writes as 4.9E-324.
 */
static const double NOWHERE = 1e-6, NO_ACCURACY_M = 1e-3;

static bool
is_measured(const Attendance__RecordCheckin *in)
{
	return in->maybe_lon_case && in->maybe_lat_case && (fabs(in->lon) > NOWHERE || fabs(in->lat) > NOWHERE);
}

Attendance__CheckinResult
checkin_result(const Attendance__RecordCheckin *in, const struct fence *fence)
{
	struct fix fix;

	fix.at = point_wgs84((struct point){ in->lon, in->lat },
			     in->maybe_datum_case ? in->datum : ATTENDANCE__DATUM__WGS84);
	fix.has_accuracy = in->maybe_accuracy_case && in->accuracy_m > NO_ACCURACY_M;
	fix.accuracy_m = in->accuracy_m;
	return fence_result(is_measured(in) ? &fix : NULL, fence);
}

/* Fixes against a fence of 1500 m around (107.5, 31.2).  A fix is written as metres north and east of its centre and
 * its accuracy; datums are tried on the points that eviltransform and coordtransform publish, and by going there and
 * back over a grid of the country. */
#include "fence_policy.h"
#include "harness/tally.h"
#include <math.h>
#include <stdio.h>

#define R(result) ATTENDANCE__CHECKIN_RESULT__##result

static const struct fence fence = { { 107.5, 31.2 }, 1500 };

/* ---- C2.4: wholly inside, wholly outside, or neither */

static const struct {
	const char *name;
	double north_m, east_m, accuracy_m;
	Attendance__CheckinResult result;
} fixes[] = {
	{ "at the centre",                          0,    0,   20, R(INSIDE) },
	{ "near the edge, wholly inside",           1400, 0,   99, R(INSIDE) },
	{ "near the edge, the circle crosses it",   1400, 0,  101, R(CANNOT_TELL) },
	{ "on the edge, exact",                     1499.99, 0, 0, R(INSIDE) },
	{ "outside, the circle crosses the edge",   1600, 0,  101, R(CANNOT_TELL) },
	{ "outside, wholly",                        1600, 0,   99, R(OUTSIDE) },
	{ "just outside, exact",                    1500.01, 0, 0, R(OUTSIDE) },
	{ "to the east a degree is shorter",        0, 1400,   99, R(INSIDE) },
	{ "to the east, wholly outside",            0, 1600,   99, R(OUTSIDE) },
	{ "south-west",                         -1000, -1000,  80, R(INSIDE) },
	{ "far away",                           400000, 0,     20, R(OUTSIDE) },
	{ "so poor that it holds the fence",        0,    0, 5000, R(CANNOT_TELL) },
	{ "as poor as the fence is wide",           0,    0, 1500, R(INSIDE) },
};

static struct point
offset(double north_m, double east_m)
{
	const double degree_m = 6371008.8 * M_PI / 180;

	return (struct point){ fence.centre.lon + east_m / (degree_m * cos(fence.centre.lat * M_PI / 180)),
	                       fence.centre.lat + north_m / degree_m };
}

static void
test_fence(void)
{
	struct fix fix = { fence.centre, true, 20 };

	for (size_t i = 0; i < sizeof(fixes) / sizeof(fixes[0]); i++) {
		fix.at = offset(fixes[i].north_m, fixes[i].east_m);
		fix.accuracy_m = fixes[i].accuracy_m;
		check(fence_result(&fix, &fence) == fixes[i].result, "rules 3 fence", fixes[i].name);
	}
	check(fence_result(NULL, &fence) == R(NO_FIX), "rules 3 fence", "no fix");
	check(fence_result(NULL, NULL) == R(NO_FIX), "rules 3 fence", "no fix and no fence");
	check(fence_result(&fix, NULL) == R(CANNOT_TELL), "rules 3 fence", "no fence known");
	fix.has_accuracy = false;
	check(fence_result(&fix, &fence) == R(CANNOT_TELL), "rules 3 fence", "no accuracy, far away");
	fix.at = fence.centre;
	check(fence_result(&fix, &fence) == R(CANNOT_TELL), "rules 3 fence", "no accuracy, at the centre");
}

/* ---- distances: arcs of known angle, and two cities */

static const struct { const char *name; struct point a, b; double metres;
} distances[] = {
	{ "nothing", { 107.5, 31.2 }, { 107.5, 31.2 }, 0 },
	{ "a degree of a meridian", { 107.5, 31 }, { 107.5, 32 }, 111195.08 },
	{ "a degree of the equator", { 0, 0 }, { 1, 0 }, 111195.08 },
	{ "a quarter of the Earth", { 20, 0 }, { 20, 90 }, 10007557.2 },
	{ "the other end of it", { 0, 0 }, { 180, 0 }, 20015114.4 },
	{ "across the date line", { 179.5, 0 }, { -179.5, 0 }, 111195.08 },
	{ "a metre", { 107.5, 31.2 }, { 107.5, 31.2 + 1 / 111195.08 }, 1 },
	{ "Shanghai to Beijing",
	  { 121.531541859215, 31.17530398364597 },
	  { 116.38404722455657, 39.91334545536069 },
	  1076959 },
};

static void
test_distances(void)
{
	for (size_t i = 0; i < sizeof(distances) / sizeof(distances[0]); i++) {
		double there = point_distance_m(distances[i].a, distances[i].b);
		double back = point_distance_m(distances[i].b, distances[i].a);
		double slack = distances[i].metres * 1e-6 + 1e-6;

		check(fabs(there - distances[i].metres) <= slack, "distance", distances[i].name);
		check(fabs(there - back) <= 1e-6, "distance, back", distances[i].name);
	}
}

/* ---- datums.  Published pairs are given to at least six digits: some centimetres. */

static const struct { const char *name; Attendance__Datum datum; struct point given, wgs84;
} pairs[] = {
	{ "Shanghai (eviltransform)",
	  ATTENDANCE__DATUM__GCJ02,
	  { 121.531541859215, 31.17530398364597 },
	  { 121.5272106, 31.1774276 } },
	{ "Shenzhen (eviltransform)",
	  ATTENDANCE__DATUM__GCJ02,
	  { 113.9171764808363, 22.540796131694766 },
	  { 113.912316, 22.543847 } },
	{ "Beijing (eviltransform)",
	  ATTENDANCE__DATUM__GCJ02,
	  { 116.38404722455657, 39.91334545536069 },
	  { 116.377817, 39.911954 } },
	{ "Beijing (coordtransform)",
	  ATTENDANCE__DATUM__GCJ02,
	  { 116.41024449916938, 39.91640428150164 },
	  { 116.404, 39.915 } },
	{ "as given", ATTENDANCE__DATUM__WGS84, { 107.5, 31.2 }, { 107.5, 31.2 } },
	{ "no datum is WGS-84", ATTENDANCE__DATUM__DATUM_UNSPECIFIED, { 107.5, 31.2 }, { 107.5, 31.2 } },
	{ "Paris is not shifted", ATTENDANCE__DATUM__GCJ02, { 2.35, 48.85 }, { 2.35, 48.85 } },
};

static void
test_pairs(void)
{
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		check(point_distance_m(point_wgs84(pairs[i].given, pairs[i].datum), pairs[i].wgs84) < 0.1,
		      "datum", pairs[i].name);

	/* coordtransform's pair of BD-09 and GCJ-02: both must come to the same place */
	struct point bd09 = { 116.41036949371029, 39.92133699351021 }, gcj02 = { 116.404, 39.915 };
	check(point_distance_m(point_wgs84(bd09, ATTENDANCE__DATUM__BD09),
			       point_wgs84(gcj02, ATTENDANCE__DATUM__GCJ02)) < 0.1,
	      "datum", "BD-09 (coordtransform)");
}

/* Points of GCJ-02 a metre apart come back a metre apart, everywhere: the iteration has arrived, and nothing folds. */
static void
test_grid(void)
{
	double worst[2] = { 0 };

	for (double lon = 74; lon < 135; lon += 1.37)
		for (double lat = 18; lat < 54; lat += 0.93)
			for (int k = 0; k < 2; k++) {
				Attendance__Datum datum = k ? ATTENDANCE__DATUM__BD09 : ATTENDANCE__DATUM__GCJ02;
				struct point p = { lon, lat }, q = { lon, lat + 1 / 111195.08 };
				double off = fabs(point_distance_m(point_wgs84(p, datum), point_wgs84(q, datum)) - 1);

				worst[k] = fmax(worst[k], off);
			}
	check(worst[0] < 0.02, "datum, grid", "GCJ-02");
	check(worst[1] < 0.04, "datum, grid", "BD-09");
}

static void
test_moved_far(void)
{
	struct fix wrong = { fence.centre, true, 20 };

	wrong.at = point_wgs84(fence.centre, ATTENDANCE__DATUM__GCJ02);
	double away_m = point_distance_m(wrong.at, fence.centre);
	check(away_m > 200 && away_m < 800, "datum", "in Dachuan the shift is some hundred metres");
}

/* ---- what a phone does not know.  A fence around nowhere, to tell a fix there from none; and the usual one. */

enum { FIX = 1, ACCURACY = 2 };
static const struct fence nowhere = { { 0, 0 }, 1500 };

static const struct {
	const char *name;
	int has; double lon, lat, accuracy_m; Attendance__Datum datum;
	const struct fence *fence;
	Attendance__CheckinResult result;
} phones[] = {
	{ "nothing said", 0, 0, 0, 0, 0, &fence, R(NO_FIX) },
	{ "zeros, with an accuracy", FIX | ACCURACY, 0, 0, 20, 0, &fence, R(NO_FIX) },
	{ "zeros, with an accuracy, and a fence there", FIX | ACCURACY, 0, 0, 20, 0, &nowhere, R(NO_FIX) },
	{ "nothing but zeros", FIX | ACCURACY, 0, 0, 0, 0, &fence, R(NO_FIX) },
	{ "zeros without an accuracy", FIX, 0, 0, 0, 0, &fence, R(NO_FIX) },
	{ "zeros and no fence known", FIX | ACCURACY, 0, 0, 20, 0, NULL, R(NO_FIX) },
	{ "zeros of GCJ-02", FIX | ACCURACY, 0, 0, 20, ATTENDANCE__DATUM__GCJ02, &fence, R(NO_FIX) },
	{ "zeros of BD-09, which are none of WGS-84", FIX | ACCURACY, 0, 0, 20, ATTENDANCE__DATUM__BD09, &nowhere,
	  R(NO_FIX) },
	{ "negative zeros", FIX | ACCURACY, -0.0, -0.0, 20, 0, &fence, R(NO_FIX) },
	{ "4.9E-324, a library's word for unknown", FIX | ACCURACY, 4.9e-324, 4.9e-324, 20, 0, &nowhere, R(NO_FIX) },
	{ "zero, but only the longitude", FIX | ACCURACY, 0, 31.2, 20, 0, &fence, R(OUTSIDE) },
	{ "zero, but only the latitude", FIX | ACCURACY, 107.5, 0, 20, 0, &fence, R(OUTSIDE) },
	{ "a metre from nowhere is somewhere", FIX | ACCURACY, 0, 1e-5, 20, 0, &nowhere, R(INSIDE) },
	{ "an accuracy of zero, at the centre", FIX | ACCURACY, 107.5, 31.2, 0, 0, &fence, R(CANNOT_TELL) },
	{ "an accuracy of zero, far away", FIX | ACCURACY, 108.5, 31.2, 0, 0, &fence, R(CANNOT_TELL) },
	{ "an accuracy of 4.9E-324", FIX | ACCURACY, 107.5, 31.2, 4.9e-324, 0, &fence, R(CANNOT_TELL) },
	{ "an accuracy of a centimetre", FIX | ACCURACY, 107.5, 31.2, 0.01, 0, &fence, R(INSIDE) },
	{ "an accuracy and no fix", ACCURACY, 0, 0, 20, 0, &fence, R(NO_FIX) },
	{ "a fix and no accuracy", FIX, 107.5, 31.2, 0, 0, &fence, R(CANNOT_TELL) },
	{ "all of it", FIX | ACCURACY, 107.5, 31.2, 20, 0, &fence, R(INSIDE) },
	{ "all of it, far away", FIX | ACCURACY, 108.5, 31.2, 20, ATTENDANCE__DATUM__WGS84, &fence, R(OUTSIDE) },
};

static void
test_phones(void)
{
	for (size_t i = 0; i < sizeof(phones) / sizeof(phones[0]); i++) {
		Attendance__RecordCheckin in = ATTENDANCE__RECORD_CHECKIN__INIT;

		in.maybe_lon_case = phones[i].has & FIX ? ATTENDANCE__RECORD_CHECKIN__MAYBE_LON_LON : 0;
		in.maybe_lat_case = phones[i].has & FIX ? ATTENDANCE__RECORD_CHECKIN__MAYBE_LAT_LAT : 0;
		in.maybe_accuracy_case =
			phones[i].has & ACCURACY ? ATTENDANCE__RECORD_CHECKIN__MAYBE_ACCURACY_ACCURACY_M : 0;
		in.maybe_datum_case = phones[i].datum ? ATTENDANCE__RECORD_CHECKIN__MAYBE_DATUM_DATUM : 0;
		in.datum = phones[i].datum;
		in.lon = phones[i].lon;
		in.lat = phones[i].lat;
		in.accuracy_m = phones[i].accuracy_m;
		check(checkin_result(&in, phones[i].fence) == phones[i].result,
		      "a phone does not know", phones[i].name);
	}
}

int
main(void)
{
	test_phones();
	test_fence();
	test_distances();
	test_pairs();
	test_grid();
	test_moved_far();
	return tally_end();
}

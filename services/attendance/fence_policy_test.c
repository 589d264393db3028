/* Fixes against a fence of 1500 m around (107.5, 31.2).  A fix is written as metres north and east of its centre and its
 * accuracy; datums are tried on the points that eviltransform and coordtransform publish, and by going there and back over
 * a grid of the country. */
#include "fence_policy.h"
#include <math.h>
#include <stdio.h>

#define R(result) ATTENDANCE__CHECKIN_RESULT__##result

static const struct fence fence = { { 107.5, 31.2 }, 1500 };
static int passed, failed;

static void
expect(const char *group, const char *name, bool good)
{
	passed += good;
	failed += !good;
	if (!good)
		printf("FAIL %s: %s\n", group, name);
}

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
		expect("rules 3 fence", fixes[i].name, fence_result(&fix, &fence) == fixes[i].result);
	}
	expect("rules 3 fence", "no fix", fence_result(NULL, &fence) == R(NO_FIX));
	expect("rules 3 fence", "no fix and no fence", fence_result(NULL, NULL) == R(NO_FIX));
	expect("rules 3 fence", "no fence known", fence_result(&fix, NULL) == R(CANNOT_TELL));
	fix.has_accuracy = false;
	expect("rules 3 fence", "no accuracy, far away", fence_result(&fix, &fence) == R(CANNOT_TELL));
	fix.at = fence.centre;
	expect("rules 3 fence", "no accuracy, at the centre", fence_result(&fix, &fence) == R(CANNOT_TELL));
}

/* ---- distances: arcs of known angle, and two cities */

static const struct { const char *name; struct point a, b; double metres; } distances[] = {
	{ "nothing",                    { 107.5, 31.2 }, { 107.5, 31.2 }, 0 },
	{ "a degree of a meridian",     { 107.5, 31 }, { 107.5, 32 }, 111195.08 },
	{ "a degree of the equator",    { 0, 0 }, { 1, 0 }, 111195.08 },
	{ "a quarter of the Earth",     { 20, 0 }, { 20, 90 }, 10007557.2 },
	{ "the other end of it",        { 0, 0 }, { 180, 0 }, 20015114.4 },
	{ "across the date line",       { 179.5, 0 }, { -179.5, 0 }, 111195.08 },
	{ "a metre",                    { 107.5, 31.2 }, { 107.5, 31.2 + 1 / 111195.08 }, 1 },
	{ "Shanghai to Beijing",        { 121.531541859215, 31.17530398364597 }, { 116.38404722455657, 39.91334545536069 }, 1076959 },
};

static void
test_distances(void)
{
	for (size_t i = 0; i < sizeof(distances) / sizeof(distances[0]); i++) {
		double there = point_distance_m(distances[i].a, distances[i].b), back = point_distance_m(distances[i].b, distances[i].a);
		double slack = distances[i].metres * 1e-6 + 1e-6;

		expect("distance", distances[i].name, fabs(there - distances[i].metres) <= slack);
		expect("distance, back", distances[i].name, fabs(there - back) <= 1e-6);
	}
}

/* ---- datums.  Published pairs are given to at least six digits: some centimetres. */

static const struct { const char *name; Attendance__Datum datum; struct point given, wgs84; } pairs[] = {
	{ "Shanghai (eviltransform)", ATTENDANCE__DATUM__GCJ02, { 121.531541859215, 31.17530398364597 }, { 121.5272106, 31.1774276 } },
	{ "Shenzhen (eviltransform)", ATTENDANCE__DATUM__GCJ02, { 113.9171764808363, 22.540796131694766 }, { 113.912316, 22.543847 } },
	{ "Beijing (eviltransform)", ATTENDANCE__DATUM__GCJ02, { 116.38404722455657, 39.91334545536069 }, { 116.377817, 39.911954 } },
	{ "Beijing (coordtransform)", ATTENDANCE__DATUM__GCJ02, { 116.41024449916938, 39.91640428150164 }, { 116.404, 39.915 } },
	{ "as given", ATTENDANCE__DATUM__WGS84, { 107.5, 31.2 }, { 107.5, 31.2 } },
	{ "no datum is WGS-84", ATTENDANCE__DATUM__DATUM_UNSPECIFIED, { 107.5, 31.2 }, { 107.5, 31.2 } },
	{ "Paris is not shifted", ATTENDANCE__DATUM__GCJ02, { 2.35, 48.85 }, { 2.35, 48.85 } },
};

static void
test_pairs(void)
{
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		expect("datum", pairs[i].name, point_distance_m(point_wgs84(pairs[i].given, pairs[i].datum), pairs[i].wgs84) < 0.1);

	/* coordtransform's pair of BD-09 and GCJ-02: both must come to the same place */
	struct point bd09 = { 116.41036949371029, 39.92133699351021 }, gcj02 = { 116.404, 39.915 };
	expect("datum", "BD-09 (coordtransform)", point_distance_m(point_wgs84(bd09, ATTENDANCE__DATUM__BD09),
	                                                           point_wgs84(gcj02, ATTENDANCE__DATUM__GCJ02)) < 0.1);
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
	expect("datum, grid", "GCJ-02", worst[0] < 0.02);
	expect("datum, grid", "BD-09", worst[1] < 0.04);
}

static void
test_moved_far(void)
{
	struct fix wrong = { fence.centre, true, 20 };

	wrong.at = point_wgs84(fence.centre, ATTENDANCE__DATUM__GCJ02);
	double away_m = point_distance_m(wrong.at, fence.centre);
	expect("datum", "in Dachuan the shift is some hundred metres", away_m > 200 && away_m < 800);
}

int
main(void)
{
	test_fence();
	test_distances();
	test_pairs();
	test_grid();
	test_moved_far();
	printf("%d passed, %d failed\n", passed, failed);
	return failed != 0;
}

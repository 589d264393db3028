/* attendance - who was there on which day. */
#include "routes/row.h"
#include "attendance.pb-c.h"

static const struct route rows[] = {
	POST("/checkins", CADRE, ABOUT_BODY, attendance, record_checkin, checkin, ROUTE_BODY_KEY, NULL),
	LINES("/checkins:batch", CADRE, ABOUT_BODY, attendance, record_checkin, checkin, 0, "id result"),
	GET("/persons/{id}/attendance", CASES | INSPECTOR | FINANCE | OWN, ABOUT_PERSON,
	    ASK(attendance, read_days, days)),
	GET("/attendance", CASES | INSPECTOR | HEAD | LEADER, ABOUT_QUERY, ASK(attendance, list_days, day_list)),
	GET("/contradictions", CASES | INSPECTOR, ABOUT_DISTRICT,
	    ASK(attendance, list_contradictions, contradiction_list)),
};

const struct route_rows attendance_routes = ROWS(rows);

/* supervision - what inspections found. */
#include "routes/row.h"
#include "supervision.pb-c.h"

static const struct route rows[] = {
	POST("/findings", INSPECTOR, ABOUT_DISTRICT, supervision, note_finding, finding, 0, "confirm"),
	GET("/findings", CASES | INSPECTOR, ABOUT_DISTRICT, ASK(supervision, list_findings, finding_list)),
	GET("/findings/{id}", CASES | INSPECTOR, ABOUT_DISTRICT, ASK(supervision, read_finding, finding)),
	MOVE("/findings/{id}/confirm", REVIEWER, supervision, confirm_finding, finding_moved),
	MOVE("/findings/{id}/dismiss", REVIEWER, supervision, dismiss_finding, finding_moved),
	MOVE("/findings/{id}/annul", REVIEWER, supervision, annul_finding, finding_moved),
	LINES("/findings:batch", INSPECTOR, ABOUT_DISTRICT, supervision, note_finding, finding, ROUTE_KEY_REQUIRED,
	      "id state"),
};

const struct route_rows supervision_routes = ROWS(rows);

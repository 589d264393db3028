/* supervision - what inspections found. */
#include "routes/row.h"
#include "supervision.pb-c.h"

#define EVIDENCE "application/pdf image/jpeg image/png"

static const struct route rows[] = {
	POST("/findings", INSPECTOR, ABOUT_DISTRICT, supervision, note_finding, finding, 0, "confirm"),
	GET("/findings", CASES | INSPECTOR, ABOUT_DISTRICT, ASK(supervision, list_findings, finding_list)),
	GET("/findings/{id}", CASES | INSPECTOR, ABOUT_DISTRICT, ASK(supervision, read_finding, finding)),
	MOVE("/findings/{id}/confirm", REVIEWER, supervision, confirm_finding, finding_moved),
	MOVE("/findings/{id}/dismiss", REVIEWER, supervision, dismiss_finding, finding_moved),
	MOVE("/findings/{id}/annul", REVIEWER, supervision, annul_finding, finding_moved),
	{ "POST", DISTRICT "/files", ROUTE_UPLOAD, ROUTE_KEYED | ROUTE_REPEATABLE,
	  { ASK(supervision, put_file, stored_file) }, .who = WHO_ANYBODY & ~AUDITOR, .media = EVIDENCE },
	{ "GET", DISTRICT "/files/{sha256}", ROUTE_DOWNLOAD, 0, { ASK(supervision, read_file_piece, file_piece) },
	  .who = WHO_ANYBODY, .media = EVIDENCE },
	LINES("/findings:batch", INSPECTOR, ABOUT_DISTRICT, supervision, note_finding, finding, ROUTE_KEY_REQUIRED,
	      "id state"),
};

const struct route_rows supervision_routes = ROWS(rows);

/* accountability - what follows from findings. */
#include "routes/row.h"
#include "accountability.pb-c.h"
#include "alerts.pb-c.h"
#include "funding.pb-c.h"

static const struct route rows[] = {
	GET("/persons/{id}/standing", CASES | OWN, ABOUT_PERSON, ASK(accountability, read_standing, standing)),
	GET("/units/{id}/standing", CASES | HEAD, ABOUT_UNIT, ASK(accountability, read_unit_standing, unit_standing)),
	GET("/measures", CASES | OWN, ABOUT_QUERY, ASK(accountability, list_measures, measure_list)),
	GET("/measures/{id}", CASES | OWN, ABOUT_ANSWER, ASK(accountability, read_measure, case_sheet),
	    ASK(funding, read_measure_money, measure_money), ASK(alerts, read_measure_messages, measure_messages)),
	MOVE("/measures/{id}/approve", REVIEWER, accountability, approve_measure, measure),
	MOVE("/measures/{id}/reject", REVIEWER, accountability, reject_measure, measure),
	MOVE("/measures/{id}/lift", REVIEWER, accountability, lift_measure, measure),
	MOVE("/measures/{id}/serve", REVIEWER, accountability, serve_measure, measure),
	MOVE("/recalls/{id}/review", REVIEWER, accountability, review_recall, recall_case),
	GRAVE_MOVE("/recalls/{id}/order", REVIEWER, accountability, order_recall, recall_case),
	GRAVE_MOVE("/recalls/{id}/hand-over", REVIEWER, accountability, hand_over_recall, recall_case),
	POST("/recalls/{id}/replace", REVIEWER, ABOUT_DISTRICT, accountability, replace_recall, recall_case,
	     ROUTE_REPEATABLE, "id"),
	MOVE("/recalls/{id}/cancel", REVIEWER, accountability, cancel_recall, recall_case),
	GET("/recalls", CASES | OWN, ABOUT_QUERY, ASK(accountability, list_recalls, recall_list)),
	GET("/recalls/{id}", CASES | OWN, ABOUT_ANSWER, ASK(accountability, read_recall, recall_case)),
};

const struct route_rows accountability_routes = ROWS(rows);

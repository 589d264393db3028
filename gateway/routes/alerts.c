/* alerts - who is told. */
#include "routes/row.h"
#include "alerts.pb-c.h"

static const struct route rows[] = {
	{ "GET", DISTRICT "/alerts", ROUTE_QUERY, ROUTE_NAMES, { ASK(alerts, list_alerts, alert_list) },
	  .who = WHO_OPERATOR | CASES | OWN, .about = ABOUT_QUERY },
};

const struct route_rows alerts_routes = ROWS(rows);

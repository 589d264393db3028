/* incentives - who may be commended. */
#include "routes/row.h"
#include "incentives.pb-c.h"

static const struct route rows[] = {
	PUT("/rounds/{id}", ADMIN, incentives, put_round, round, "id"),
	GET("/rounds/{id}", CASES, ABOUT_DISTRICT, ASK(incentives, read_round, round)),
	GET("/rounds", CASES, ABOUT_DISTRICT, ASK(incentives, list_rounds, round_list)),
	GET("/rounds/{id}/eligibility", CASES, ABOUT_DISTRICT, ASK(incentives, read_round_eligibility, candidate_list)),
};

const struct route_rows incentives_routes = ROWS(rows);

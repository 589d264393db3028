/* gateway - what is no one service's: events, progress, the clock, sessions, what operators look at. */
#include "routes/row.h"
#include "engine.pb-c.h"
#include "roster.pb-c.h"

static const struct route rows[] = {
	{ "GET", DISTRICT "/events", ROUTE_EVENTS, 0,
	  { { "roster", &engine__read_heads__descriptor, &engine__heads__descriptor } },
	  .who = WHO_OPERATOR | ADMIN | AUDITOR },
	GET("/progress", ALL, ABOUT_DISTRICT,
	    { "roster", &engine__read_progress__descriptor, &engine__progress__descriptor }),

	{ "POST", "/api/v1/clock", ROUTE_COMMAND, ROUTE_REPEATABLE | ROUTE_MANUAL_CLOCK | ROUTE_ANYWHERE,
	  { { "roster", &engine__advance_clock__descriptor, &engine__clock__descriptor } }, .who = WHO_OPERATOR },
	{ "GET", "/api/v1/status", ROUTE_QUERY, ROUTE_ANYWHERE,
	  { { "roster", &engine__read_status__descriptor, &engine__status__descriptor } },
	  .who = WHO_OPERATOR },
	{ "GET", "/api/v1/openapi.json", ROUTE_DOCUMENT, ROUTE_ANYWHERE, .who = ALL },
	{ "POST", "/api/v1/sessions", ROUTE_LOGIN, ROUTE_ANYWHERE | ROUTE_STRANGERS | ROUTE_PASSWORD,
	  { ASK(roster, login, session) }, .who = WHO_ANYBODY },
	{ "DELETE", "/api/v1/sessions", ROUTE_LOGOUT, ROUTE_REPEATABLE | ROUTE_BODY_OPTIONAL | ROUTE_ANYWHERE,
	  { ASK(roster, close_sessions, closed) }, .who = WHO_ANYBODY },
	{ "DELETE", "/api/v1/sessions/current", ROUTE_LOGOUT, ROUTE_REPEATABLE | ROUTE_BODY_OPTIONAL | ROUTE_ANYWHERE,
	  { ASK(roster, close_session, closed) }, "token_sha256", .who = WHO_ANYBODY },
	{ "GET", "/api/v1/sessions/current", ROUTE_SESSION, ROUTE_ANYWHERE,
	  { ASK(roster, read_session, current_session) }, "token_sha256", .who = WHO_ANYBODY },
	{ "POST", "/api/v1/sessions/current/step-up", ROUTE_STEP_UP, ROUTE_REPEATABLE | ROUTE_ANYWHERE | ROUTE_PASSWORD,
	  { ASK(roster, password_again, stepped_up) }, .who = WHO_ANYBODY },
	{ "PUT", "/api/v1/sessions/current/password", ROUTE_OWN_PASSWORD,
	  ROUTE_REPEATABLE | ROUTE_ANYWHERE | ROUTE_PASSWORD,
	  { ASK(roster, own_password, closed) }, .who = WHO_ANYBODY },
	{ "GET", "/api/v1/public/districts", ROUTE_QUERY, ROUTE_ANYWHERE | ROUTE_STRANGERS,
	  { ASK(roster, list_district_names, district_names) }, .who = WHO_ANYBODY },
	{ "GET", "/livez", ROUTE_LIVE, ROUTE_OPEN, .who = WHO_OPERATOR },
	{ "GET", "/readyz", ROUTE_READY, ROUTE_OPEN, .who = WHO_OPERATOR },
	{ "GET", "/metrics", ROUTE_METRICS, ROUTE_OPEN, .who = WHO_OPERATOR },
};

const struct route_rows gateway_routes = ROWS(rows);

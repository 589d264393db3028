/* row - how the files here write their rows, one file for each service that is asked.
 *
 * Who: see routes.h.  The table as people read it is docs/access.md. */
#pragma once
#include "http/reply.h"
#include "routes/routes.h"

/* The rows of one file, in the order in which they are told. */
struct route_rows { const struct route *at; size_t n; };
#define ROWS(rows) { rows, sizeof(rows) / sizeof((rows)[0]) }

extern const struct route_rows roster_routes, supervision_routes, attendance_routes, accountability_routes,
	funding_routes, alerts_routes, incentives_routes, gateway_routes;

#define DISTRICT "/api/v1/districts/{district}"
#define ASK(service, ask, answer) { #service, &service##__##ask##__descriptor, &service##__##answer##__descriptor }

enum {
	ADMIN = ROLE(DISTRICT_ADMIN), INSPECTOR = ROLE(INSPECTOR), REVIEWER = ROLE(REVIEWER), FINANCE = ROLE(FINANCE),
	HEAD = ROLE(UNIT_HEAD), LEADER = ROLE(TOWNSHIP_LEADER), CADRE = ROLE(CADRE), AUDITOR = ROLE(AUDITOR),
	ALL = WHO_ANYBODY, NOBODY = 0,
	ROSTER = ADMIN | INSPECTOR | REVIEWER | FINANCE | AUDITOR,      /* read who is posted where */
	CASES = ADMIN | REVIEWER | AUDITOR,                             /* read what follows from findings */
	OWN = HEAD | LEADER | CADRE,
};

#define PUT(path, roles, service, command, answer, hide) \
	{ "PUT", DISTRICT path, ROUTE_COMMAND, ROUTE_REPEATABLE, { ASK(service, command, answer) }, hide, \
	  .who = WHO_OPERATOR | (roles) }
/* A POST that makes something new each time it comes without a key. */
#define POST(path, roles, subject, service, command, answer, flags, hide) \
	{ "POST", DISTRICT path, ROUTE_COMMAND, ROUTE_KEYED | (flags), { ASK(service, command, answer) }, hide, \
	  .who = WHO_OPERATOR | (roles), .about = subject }
/* A move into a state: made twice it is made once. */
#define MOVE(path, roles, service, command, answer) \
	POST(path, roles, ABOUT_DISTRICT, service, command, answer, ROUTE_REPEATABLE | ROUTE_BODY_OPTIONAL, "id")
/* One that a browser left open must not make. */
#define GRAVE_MOVE(path, roles, service, command, answer) \
	POST(path, roles, ABOUT_DISTRICT, service, command, answer, \
	     ROUTE_REPEATABLE | ROUTE_BODY_OPTIONAL | ROUTE_PASSWORD_AGAIN, "id")
#define LINES(path, roles, subject, service, command, answer, flags, members) \
	{ "POST", DISTRICT path, ROUTE_NDJSON, ROUTE_KEYED | ROUTE_BODY_KEY | (flags), \
	  { ASK(service, command, answer) }, .who = WHO_OPERATOR | (roles), .about = subject, .line_members = members, \
	  .media = TYPE_LINES }
/* A file, and the charset it is said to have, become members `into` of the command; the query says the rest.  Its rows
 * are PUTs: the same again changes nothing. */
#define FILE_IN(path, roles, type, into, service, command, answer) \
	{ "POST", DISTRICT path, ROUTE_FILE, ROUTE_KEYED | ROUTE_REPEATABLE, { ASK(service, command, answer) }, into, \
	  .who = WHO_OPERATOR | (roles), .media = type }
#define GET(path, roles, subject, ...) \
	{ "GET", DISTRICT path, ROUTE_QUERY, 0, { __VA_ARGS__ }, .who = WHO_OPERATOR | (roles), .about = subject }
/* Part 0 is a list by pages; part 1, if any, is asked for the persons of each page: person_ids → items with a
 * person_id. */
#define EXPORT(path, roles, flags, begins, shown, ...) \
	{ "GET", DISTRICT path, ROUTE_EXPORT, ROUTE_BY_STATE | (flags), { __VA_ARGS__ }, \
	  .who = WHO_OPERATOR | (roles), .columns = shown, .file = begins }
/* A thing that is put by its id, by the district's administrator: put it, read it, list them. */
#define THING(path, reading, subject, listing, put, read, list, thing) \
	PUT(path "/{id}", ADMIN, roster, put, thing, "id"), \
	GET(path "/{id}", reading, subject, ASK(roster, read, thing)), \
	GET(path, listing, ABOUT_QUERY, ASK(roster, list, thing##_list))

/* funding - what money flows. */
#include "routes/row.h"
#include "funding.pb-c.h"
#include "roster.pb-c.h"

static const struct route_column payroll_columns[] = {
	{ { "person_id", "人员编号", CELL_TEXT }, 0, "person_id" },
	{ { "name", "姓名", CELL_TEXT }, 1, "name" },
	{ { "phone", "电话", CELL_TEXT }, 1, "phone" },
	{ { "unit_id", "单位编号", CELL_TEXT }, 1, "unit_id" },
	{ { "unit", "单位", CELL_TEXT }, 1, "unit_name" },
	{ { "due_yuan", "应发（元）", CELL_YUAN }, 0, "due_fen" },
	{ { "correction_yuan", "更正（元）", CELL_YUAN }, 0, "correction_fen" },
	{ { "pay_yuan", "实发（元）", CELL_YUAN }, 0, "pay_fen" },
	{ { "due_fen", "应发（分）", CELL_FEN }, 0, "due_fen" },
	{ { "correction_fen", "更正（分）", CELL_FEN }, 0, "correction_fen" },
	{ { "pay_fen", "实发（分）", CELL_FEN }, 0, "pay_fen" },
	{ { NULL }, 0, NULL },
};

static const struct route rows[] = {
	GET("/persons/{id}/stipend", CASES | FINANCE | OWN, ABOUT_PERSON, ASK(funding, read_stipend, stipend)),
	POST("/payrolls", FINANCE, ABOUT_DISTRICT, funding, draft_payroll, payroll, 0, NULL),
	POST("/payrolls/{month}/approve", FINANCE, ABOUT_DISTRICT, funding, approve_payroll, payroll,
	     ROUTE_REPEATABLE | ROUTE_BODY_OPTIONAL | ROUTE_PASSWORD_AGAIN, "month"),
	POST("/payrolls/{month}/close", FINANCE, ABOUT_DISTRICT, funding, close_payroll, payroll,
	     ROUTE_BODY_OPTIONAL | ROUTE_PASSWORD_AGAIN, "month"),
	GET("/payrolls", ADMIN | FINANCE | AUDITOR, ABOUT_DISTRICT, ASK(funding, list_payrolls, payroll_list)),
	GET("/payrolls/{month}", ADMIN | FINANCE | AUDITOR, ABOUT_DISTRICT, ASK(funding, read_payroll, payroll)),
	{ "GET", DISTRICT "/payrolls/{month}/proof", ROUTE_QUERY, ROUTE_BY_STATE,
	  { ASK(funding, read_payroll_proof, payroll_proof) },
	  .who = WHO_OPERATOR | ADMIN | FINANCE | AUDITOR },
	EXPORT("/payrolls/{month}/export", ADMIN | FINANCE | AUDITOR, ROUTE_PASSWORD_AGAIN, "payroll", payroll_columns,
	       ASK(funding, export_payroll, payroll_lines), ASK(roster, read_contacts, contacts)),
};

const struct route_rows funding_routes = ROWS(rows);

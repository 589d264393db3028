/* identity - who calls, as far as the gateway must know: decides 403 here, and travels to owners with each order and read. */
#pragma once
#include "arena.h"
#include "ids.h"
#include "wire.pb-c.h"
#include <stdbool.h>
#include <stddef.h>

enum { IDENTITY_ROLES_MAX = 8, IDENTITY_TOWNSHIPS_MAX = 4, IDENTITY_HEADED_MAX = 8 };

struct identity {
	char account[ID_MAX + 1];               /* "operator", or an account of the district; "": nobody has said who he is */
	char district[8];                       /* that the account belongs to; "" the operator's, which belongs to none */
	bool operator;                          /* of the bootstrap token: may do everything everywhere */
	Wire__AccountRole roles[IDENTITY_ROLES_MAX];
	size_t nroles;
	char person[ID_MAX + 1];                /* whose account it is; "" nobody's */
	char unit[ID_MAX + 1];                  /* of that person today; "" */
	char townships[IDENTITY_TOWNSHIPS_MAX][ID_MAX + 1];     /* that a township leader answers for */
	size_t ntownships;
	char headed[IDENTITY_HEADED_MAX][ID_MAX + 1];           /* units whose head that person is */
	size_t nheaded;
};

#define OPERATOR "operator"

void identity_operator(struct identity *who);
bool identity_has_role(const struct identity *who, Wire__AccountRole role);
/* What owners are told, beside the account's id; NULL: the operator.  Texts are the identity's own. */
Wire__Actor *identity_actor(const struct identity *who, arena_t *a);

/* identity - who calls, as far as the gateway must know: decides 403 here, and travels to owners with each command and
 * read. */
#pragma once
#include "base/arena.h"
#include "base/ids.h"
#include "wire.pb-c.h"
#include <stdbool.h>
#include <stddef.h>

enum { IDENTITY_ROLES_MAX = 8 };

/* Ids, as many as there are; shared by all copies of an identity, never changed. */
struct identity_list;

struct identity {
	/* "operator", or an account of the district; "": nobody has said who he is */
	char account[ID_MAX + 1];
	/* that the account belongs to; "" the operator's, which belongs to none */
	char district[8];
	bool operator;                          /* of the bootstrap token: may do everything everywhere */
	Wire__AccountRole roles[IDENTITY_ROLES_MAX];
	size_t nroles;
	char person[ID_MAX + 1];                /* whose account it is; "" nobody's */
	struct identity_list *persons;          /* whose it is or ever was; NULL: nobody's */
	char unit[ID_MAX + 1];                  /* of that person today; "" */
	bool stepped_up;                        /* the session: the password was given again a moment ago */
	bool vouched;                           /* nobody's, and put so by the operator */
	struct identity_list *townships;        /* that a township leader answers for; NULL: none */
	struct identity_list *headed;           /* units whose head that person is; NULL: none */
};

#define OPERATOR "operator"

void identity_operator(struct identity *who);
/* What is known of an account; false: more than can be taken, and nothing is.  Texts are copied. */
bool identity_take(struct identity *who, const char *account, const Wire__Actor *actor)
	__attribute__((warn_unused_result));
/* A copy, in place of what stood there; and the end of one. */
void identity_copy(struct identity *to, const struct identity *from);
void identity_drop(struct identity *who);
bool identity_has_township(const struct identity *who, const char *township);
bool identity_heads(const struct identity *who, const char *unit);
bool identity_has_role(const struct identity *who, Wire__AccountRole role);
/* What owners are told, beside the account's id; NULL: the operator.  Texts are the identity's own. */
Wire__Actor *identity_actor(const struct identity *who, arena_t *a);

#include "roster_policy.h"
#include "base/civil.h"
#include <string.h>

int32_t
roster_from_day(bool known, int32_t today)
{
	return known ? today : DAY_EVER;
}

bool
roster_covers(const Posting *p, int32_t day)
{
	return day_within(day, p->from_day, p->maybe_to_case, p->to_day);
}

static bool
same_seat(const Posting *a, const Posting *b)
{
	return a->role == b->role && strcmp(a->village_id, b->village_id) == 0;
}

static bool
same_person(const Posting *a, const Posting *b)
{
	return strcmp(a->person_id, b->person_id) == 0;
}

bool
roster_clash(const Posting *a, const Posting *b)
{
	/* Two half-open intervals meet when one of them holds the other's first day. */
	return strcmp(a->posting_id, b->posting_id) != 0 && same_seat(a, b) &&
	       (a->role == ROSTER__ROLE__FIRST_SECRETARY || same_person(a, b)) &&
	       (roster_covers(a, b->from_day) || roster_covers(b, a->from_day));
}

/* Begins later than what it follows, so a chain of terms ends. */
static bool
follows(const Posting *p, const Posting *before)
{
	return before->from_day < p->from_day && same_seat(p, before) && same_person(p, before) &&
	       ((before->maybe_to_case && before->to_day == p->from_day) ||
	        (before->maybe_term_to_case && p->maybe_term_from_case && before->term_to_day == p->term_from_day));
}

static const Posting *
predecessor(const Posting *p, struct postings all)
{
	const Posting *last = NULL;

	for (size_t i = 0; i < all.n; i++)
		if (follows(p, all.at[i]) && (!last || all.at[i]->from_day > last->from_day))
			last = all.at[i];
	return last;
}

int32_t
roster_term(const Posting *p, struct postings all)
{
	int32_t term = 1;

	while ((p = predecessor(p, all)))
		term++;
	return term;
}

static bool
covered(struct postings held, int32_t day, const char *but_id)
{
	for (size_t i = 0; i < held.n; i++)
		if (roster_covers(held.at[i], day) && !(but_id && strcmp(held.at[i]->posting_id, but_id) == 0))
			return true;
	return false;
}

const Finding *
roster_finding_left(const Finding *const *findings, size_t n, struct postings held, const Posting *put)
{
	for (size_t i = 0; i < n; i++) {
		int32_t day = findings[i]->on_day;
		bool by_put = strcmp(put->person_id, findings[i]->person_id) == 0 && roster_covers(put, day);

		if (!by_put && covered(held, day, NULL) && !covered(held, day, put->posting_id))
			return findings[i];
	}
	return NULL;
}

/* ---- posts */

Roster__Role
roster_role_needed(Roster__VillageKind kind, size_t i)
{
	static const Roster__Role poor[] = {
		ROSTER__ROLE__CONTACT_LEADER, ROSTER__ROLE__TEAM_MEMBER, ROSTER__ROLE__FIRST_SECRETARY,
		ROSTER__ROLE__AGRI_TECHNICIAN, ROSTER__ROLE__LEGAL_ADVISER, ROSTER__ROLE__CREDIT_OFFICER,
	};
	static const Roster__Role other[] = {
		ROSTER__ROLE__FIRST_SECRETARY, ROSTER__ROLE__AGRI_CIRCUIT, ROSTER__ROLE__LEGAL_CIRCUIT,
		ROSTER__ROLE__PAIRED_HELPER, ROSTER__ROLE__CREDIT_OFFICER,
	};

	if (kind == ROSTER__VILLAGE_KIND__POOR && i < sizeof(poor) / sizeof(poor[0]))
		return poor[i];
	if (kind == ROSTER__VILLAGE_KIND__NON_POOR && i < sizeof(other) / sizeof(other[0]))
		return other[i];
	return ROSTER__ROLE__ROLE_UNSPECIFIED;
}

bool
roster_role_here(const struct policy_book *book, int32_t from_day, Roster__VillageKind kind, Roster__Role role)
{
	const struct policy_version *v = policy_on(book, from_day);

	if (!v && book->n)
		v = &book->versions[0];
	const Policy__Roles *roles = v ? v->document->roles : NULL;
	if (!roles)
		return true;
	char *const *words = kind == ROSTER__VILLAGE_KIND__POOR ? roles->poor : roles->non_poor;
	size_t n = kind == ROSTER__VILLAGE_KIND__POOR ? roles->n_poor : roles->n_non_poor;
	for (size_t i = 0; i < n; i++)
		if (policy_names(&roster__role__descriptor, (int)role, words[i]))
			return true;
	return false;
}

bool
roster_same_place(const Posting *a, const Posting *b)
{
	return same_seat(a, b) && a->from_day == b->from_day;
}

bool
roster_outlasts(const Posting *p, int32_t end_day)
{
	return !p->maybe_to_case || p->to_day > end_day;
}

bool
roster_lasts_longer(const Posting *now, const Posting *put)
{
	return now->maybe_to_case && roster_outlasts(put, now->to_day);
}

Posting
roster_recalled(const Posting *p, int32_t ordered_day)
{
	Posting ended = *p;

	if (roster_outlasts(p, ordered_day + 1) && p->from_day <= ordered_day) {
		ended.maybe_to_case = ROSTER_ROWS__POSTING__MAYBE_TO_TO_DAY;
		ended.to_day = ordered_day + 1;
	}
	return ended;
}

bool
roster_of_force(Roster__Role role)
{
	return role == ROSTER__ROLE__FIRST_SECRETARY || role == ROSTER__ROLE__TEAM_MEMBER;
}

/* The day of the order was the last. */
static bool
covers_order(const Posting *put, const Ended *e)
{
	return roster_of_force(put->role) && put->from_day < e->end_day;
}

static bool
is_its_post(const Posting *put, const Ended *e)
{
	return e->recalled && e->role == put->role && strcmp(e->village_id, put->village_id) == 0;
}

/* What ended the posting itself is what is to be told of it. */
const Ended *
roster_barred(const Ended *const *ended, size_t n, const Posting *put)
{
	const Ended *other = NULL;

	for (size_t i = 0; i < n; i++) {
		if (!roster_outlasts(put, ended[i]->end_day))
			continue;
		if (strcmp(ended[i]->posting_id, put->posting_id) == 0)
			return ended[i];
		if (!other && (is_its_post(put, ended[i]) || covers_order(put, ended[i])))
			other = ended[i];
	}
	return other;
}

/* ---- what stands on a posting */

static bool
is_paid(const struct policy_book *book, Roster__Role role, int32_t day)
{
	const struct policy_version *v = policy_on(book, day);
	const Policy__Stipend *s = v ? v->document->stipend : NULL;

	for (size_t i = 0; s && i < s->n_roles; i++)
		if (policy_names(&roster__role__descriptor, (int)role, s->roles[i]))
			return true;
	return false;
}

bool
roster_rests_on(const Posting *p, const char *village_id, int32_t day, struct postings held,
                const struct policy_book *book)
{
	bool here = strcmp(p->village_id, village_id) == 0, paid = is_paid(book, p->role, day);

	if (!roster_covers(p, day))
		return false;
	for (size_t i = 0; i < held.n; i++) {
		const Posting *other = held.at[i];
		if (strcmp(other->posting_id, p->posting_id) == 0 || !roster_covers(other, day))
			continue;
		here = here && strcmp(other->village_id, village_id) != 0;
		paid = paid && !is_paid(book, other->role, day);
	}
	return here || paid;
}

bool
roster_checkin_rests(const Posting *p, const RosterRows__CheckinMonth *m, struct postings held,
                     const struct policy_book *book, int32_t *day)
{
	uint32_t days = (uint32_t)m->days;

	for (*day = m->month_day; *day < m->month_day + 31; ++*day)
		if (days >> (*day - m->month_day) & 1 && roster_rests_on(p, m->village_id, *day, held, book))
			return true;
	return false;
}

bool
roster_finding_rests(const Posting *p, int32_t day, struct postings held)
{
	return roster_covers(p, day) && !covered(held, day, p->posting_id);
}

#include "supervision_policy.h"
#include <string.h>

/* ---- what may be noted: one row a rule, in the order in which they are told */

typedef Supervision__NoteFinding Note;

static bool
is_kind(const Note *in, Supervision__FindingKind kind)
{
	return in->kind == kind;
}

static bool
lacks_person(const Note *in, int32_t today)
{
	(void)today;
	return is_kind(in, SUPERVISION__FINDING_KIND__UNEXCUSED_ABSENCE) && !in->maybe_person_case;
}

static bool
lacks_subject(const Note *in, int32_t today)
{
	(void)today;
	return !in->maybe_person_case && !in->maybe_unit_case;
}

static bool
lacks_bulletin(const Note *in, int32_t today)
{
	(void)today;
	return is_kind(in, SUPERVISION__FINDING_KIND__WRITTEN_CRITICISM) && !in->maybe_bulletin_case;
}

static bool
lacks_level(const Note *in, int32_t today)
{
	(void)today;
	return in->source == SUPERVISION__SOURCE__SUPERIOR && !in->maybe_level_case;
}

static bool
has_level_alone(const Note *in, int32_t today)
{
	(void)today;
	return in->source != SUPERVISION__SOURCE__SUPERIOR && in->maybe_level_case;
}

static bool
is_future(const Note *in, int32_t today)
{
	return in->on_day > today;
}

static const struct rule {
	bool (*broken)(const Note *in, int32_t today);
	struct refusal refusal;
} rules[] = {
	{ lacks_person, { 422, "finding.person_required", "/person_id", "An unexcused absence is somebody's." } },
	{ lacks_subject, { 422, "finding.subject_required", "/person_id", "A finding is about a person or a unit." } },
	{ lacks_bulletin,
	  { 422, "finding.bulletin_required", "/bulletin", "A written criticism stands in a bulletin." } },
	{ lacks_level,
	  { 422, "finding.level_required", "/level", "A finding of a superior inspection says of which level." } },
	{ has_level_alone,
	  { 422, "finding.level_unexpected", "/level", "Only a finding of a superior inspection has a level." } },
	{ is_future, { 422, "finding.in_future", "/on", "The date has not come yet." } },
};

const struct refusal *
finding_refusal(const Note *in, int32_t today)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (rules[i].broken(in, today))
			return &rules[i].refusal;
	return NULL;
}

bool
finding_sha256_valid(const char *hex)
{
	return strlen(hex) == 64 && strspn(hex, "0123456789abcdefABCDEF") == 64;
}

/* ---- hearing */

bool
finding_hearing_due(const Policy__Findings *findings, int32_t today, int32_t *due_day)
{
	if (!findings || findings->hearing_due_days <= 0)
		return false;
	*due_day = today + findings->hearing_due_days;
	return true;
}

bool
finding_hearing_open(const Policy__Findings *findings, bool has_due, int32_t due_day, int32_t today)
{
	return findings && findings->hearing_required && has_due && today <= due_day;
}

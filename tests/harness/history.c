/* history - see history.h. */
#include "history.h"
#include "base/civil.h"
#include <assert.h>
#include <string.h>

/* Two years, several quarters, a leap between confirmation and incident; the first is the day the clock starts on or
 * later. */
const char *const phase_days[PHASES] = { "2017-09-20", "2017-10-31", "2017-12-29",
					 "2018-02-28", "2018-05-31", "2018-08-31" };
const char *const telling_names[TELLINGS] = { "plain",    "shuffled", "repeated",  "undone",
					      "one-more", "stormy",   "late-rules" };

static const char *const sources[] = { "covert", "night", "hotline", "superior" };
static const char *const kinds[] = { "duty_failure", "discipline_violation", "fund_misuse", "written_criticism",
				     "written_criticism" };
enum { KINDS = sizeof kinds / sizeof kinds[0] };
static const char *const terms[] = { NULL, "2018-06-01", "2019-07-01" };

uint64_t
random_next(struct random *r)
{
	uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint32_t
random_below(struct random *r, uint32_t n)
{
	return (uint32_t)(random_next(r) % n);
}

int32_t
phase_day(int phase)
{
	int32_t day = 0;
	bool ok = day_parse(phase_days[phase], &day);

	assert(ok);
	return day;
}

static int
phase_from(struct random *r, int first)
{
	return first + (int)random_below(r, (uint32_t)(PHASES - first));
}

static int
first_phase_of(int32_t day)
{
	int p = 0;

	while (phase_day(p) < day)
		p++;
	return p;
}

/* ---- drawing */

/* Few days in few months, so that days collide, ladders move and years are left; all after the first policies. */
static int32_t
draw_day(struct random *r)
{
	static const char *const days[] = { "2017-08-09", "2017-09-05", "2017-09-18", "2017-09-30",
					    "2017-10-17", "2017-11-06", "2017-12-01", "2017-12-29",
					    "2018-01-02", "2018-01-31", "2018-04-10", "2018-05-30" };
	int32_t day = 0;

	day_parse(days[random_below(r, sizeof days / sizeof days[0])], &day);
	return day;
}

/* What decides about criticisms and cases beside their date follows from it, so that the order of two of one day, which
 * is that of their ids, does not matter.  The days of a month share a bulletin (A14). */
static void
fill_found(struct found *f)
{
	static const char *const bulletins[] = { "b0", "b1", "b2", "b3", "b4",  "b5",
						 "b6", "b7", "b8", "b9", "b10", "b11" };
	bool criticism = strcmp(f->kind, "written_criticism") == 0;

	f->bulletin = criticism ? bulletins[civil_of_day(f->day).month - 1] : NULL;
	f->source = criticism ? sources[f->day % 4] : f->source;
	f->major = strcmp(f->kind, "fund_misuse") == 0;
}

static void
draw_found(struct random *r, int number, struct found *f)
{
	uint32_t lot = random_below(r, 8);

	*f = (struct found){ .number = number,
			     .kind = "unexcused_absence",
			     .source = sources[random_below(r, 4)],
			     .day = draw_day(r),
			     .fate = lot < 6    ? CONFIRMED
				     : lot == 6 ? DISMISSED
						: STAYS_NOTED,
			     .annulled = NEVER,
			     .decided = NEVER,
			     .times = 1 };
	if (random_below(r, 4) == 0)
		f->kind = kinds[random_below(r, KINDS)];
	fill_found(f);
	f->noted = random_below(r, 2) ? first_phase_of(f->day) : phase_from(r, first_phase_of(f->day));
	f->in_one = f->fate == CONFIRMED && random_below(r, 2);
	if (f->fate != STAYS_NOTED)
		f->decided = f->in_one ? f->noted : phase_from(r, f->noted);
	if (f->fate == CONFIRMED && random_below(r, 4) == 0)
		f->annulled = phase_from(r, f->decided);
}

/* The finding of a kind that counts for a day is the one noted first (smallest id); of those noted in one phase that
 * depends on their order, so it must not matter: they are confirmed together. */
static void
agree_on_confirmation(struct history *h, struct found *f)
{
	for (const struct found *g = h->found; g < f; g++)
		if (found_stands(g) && found_stands(f) && strcmp(g->kind, f->kind) == 0 && g->day == f->day &&
		    g->noted == f->noted) {
			f->decided = g->decided;
			f->in_one = f->in_one && f->decided == f->noted;
		}
}

static void
add_found(struct history *h, const struct found *f)
{
	assert(h->nfound < FOUND_MAX);
	h->found[h->nfound++] = *f;
	agree_on_confirmation(h, &h->found[h->nfound - 1]);
}

static void
draw_visit(struct random *r, struct visit *v)
{
	*v = (struct visit){ .minute = (int)random_below(r, 1440), .fix = (enum fix)random_below(r, 4), .times = 1 };
	if (random_below(r, 3))                         /* where findings are, or may be in another telling */
		v->day = draw_day(r);
	else
		v->day = phase_day(0) - 50 + (int32_t)random_below(r, 330);
	if (v->day >= phase_day(PHASES - 1))
		v->day = phase_day(PHASES - 1) - 1;
	v->phase = first_phase_of(v->day + 1);          /* captured before the phase's day */
}

void
history_draw(uint64_t seed, struct history *out)
{
	struct random r = { seed };
	struct found f;

	*out = (struct history){ .seed = seed,
				 .village = (int)random_below(&r, 4),
				 .term_to = terms[random_below(&r, 3)],
				 .term_told = -1 };
	for (size_t n = random_below(&r, 8); out->nfound < n;) {
		draw_found(&r, (int)out->nfound, &f);
		add_found(out, &f);
	}
	for (size_t n = random_below(&r, 8); out->nvisits < n; out->nvisits++)
		draw_visit(&r, &out->visits[out->nvisits]);
}

bool
found_stands(const struct found *f)
{
	return f->fate == CONFIRMED && f->annulled == NEVER;
}

bool
found_counts(const struct found *f)
{
	return found_stands(f) && strcmp(f->kind, "unexcused_absence") == 0;
}

/* ---- telling it otherwise */

#define SHUFFLE(r, array, n) \
	for (size_t i_ = (n); i_ > 1; i_--) { \
		size_t k_ = random_below((r), (uint32_t)i_); \
		__typeof__((array)[0]) swapped_ = (array)[i_ - 1]; \
		(array)[i_ - 1] = (array)[k_]; \
		(array)[k_] = swapped_; \
	}

static void
shuffle(struct random *r, struct history *h)
{
	SHUFFLE(r, h->found, h->nfound);
	SHUFFLE(r, h->visits, h->nvisits);
	for (size_t i = 0; i < h->nfound; i++)
		if (h->found[i].fate == CONFIRMED && h->found[i].decided == h->found[i].noted)
			h->found[i].in_one = random_below(r, 2);
	for (size_t i = 0; i < h->nvisits; i++)
		if (random_below(r, 2))
			h->visits[i].phase = phase_from(r, h->visits[i].phase);         /* any lateness is accepted */
	if (h->term_to)
		h->term_told = random_below(r, 2) ? PHASES - 1 : (int)random_below(r, PHASES);
}

static void
repeat(struct random *r, struct history *h)
{
	size_t n = h->nvisits;

	for (size_t i = 0; i < h->nfound; i++)
		h->found[i].times = 1 + (int)random_below(r, 3);
	for (size_t i = 0; i < n; i++) {
		h->visits[i].times = 1 + (int)random_below(r, 3);
		if (h->nvisits == VISITS_MAX || random_below(r, 2))
			continue;
		h->visits[h->nvisits] = h->visits[i]; /* several a day count once: the same again as another check-in */
		h->visits[h->nvisits++].minute = (int)random_below(r, 1440);
	}
}

/* A finding that leaves no trace. */
static void
draw_void(struct random *r, const struct history *h, int number, struct found *f)
{
	draw_found(r, number, f);
	if (h->nfound && random_below(r, 3) == 0) {     /* on the day of another, perhaps noted before it */
		f->day = h->found[random_below(r, (uint32_t)h->nfound)].day;
		fill_found(f);
		f->noted = first_phase_of(f->day);
		f->decided = f->fate == STAYS_NOTED ? NEVER : f->in_one ? f->noted : phase_from(r, f->noted);
	}
	if (f->fate == CONFIRMED)
		f->annulled = phase_from(r, f->decided);
}

static void
add_voids(struct random *r, struct history *h)
{
	struct found f;

	for (uint32_t n = 1 + random_below(r, 4); n > 0; n--) {
		draw_void(r, h, (int)h->nfound, &f);
		add_found(h, &f);
	}
	SHUFFLE(r, h->found, h->nfound);
}

static void
add_one(struct random *r, struct history *h)
{
	struct found f;

	draw_found(r, (int)h->nfound, &f);
	f.kind = "unexcused_absence";
	fill_found(&f);
	f.fate = CONFIRMED;
	f.annulled = NEVER;
	f.decided = f.in_one ? f.noted : phase_from(r, f.noted);
	add_found(h, &f);
}

void
history_tell(const struct history *plain, enum telling t, struct history *out)
{
	struct random r = { plain->seed ^ (UINT64_C(0x7e11) << 40) ^ (uint64_t)t };

	*out = *plain;
	switch (t) {
	case SHUFFLED: shuffle(&r, out); break;
	case REPEATED: repeat(&r, out); break;
	case UNDONE: add_voids(&r, out); break;
	case ONE_MORE: add_one(&r, out); break;
	default: break;
	}
}

/* ---- in words */

static const char *
phase_word(int phase)
{
	return phase == NEVER ? "never" : phase_days[phase];
}

static void
found_print(const struct found *f, FILE *out)
{
	static const char *const fates[] = { "", ", dismissed", ", confirmed" };
	char day[DAY_TEXT_MAX];

	day_text(f->day, day);
	fprintf(out, "      #%d %s on %s (%s): noted %s%s", f->number, f->kind, day, f->source, phase_days[f->noted],
		fates[f->fate]);
	if (f->fate != STAYS_NOTED)
		fprintf(out, " %s%s", phase_word(f->decided), f->in_one ? " in one line" : "");
	if (f->annulled != NEVER)
		fprintf(out, ", annulled %s", phase_word(f->annulled));
	fprintf(out, f->times > 1 ? ", %d times\n" : "\n", f->times);
}

void
history_print(const struct history *h, FILE *out)
{
	static const char *const fixes[] = { "inside", "outside", "unsure", "no fix" };
	char day[DAY_TEXT_MAX];

	fprintf(out, "      village %d, term to %s", h->village, h->term_to ? h->term_to : "(none)");
	fprintf(out, h->term_told < 0 ? "\n" : ", told %s\n", h->term_told < 0 ? "" : phase_days[h->term_told]);
	for (size_t i = 0; i < h->nfound; i++)
		found_print(&h->found[i], out);
	for (size_t i = 0; i < h->nvisits; i++) {
		day_text(h->visits[i].day, day);
		fprintf(out, "      check-in %s %02d:%02d %s, sent %s\n", day, h->visits[i].minute / 60,
			h->visits[i].minute % 60, fixes[h->visits[i].fix], phase_days[h->visits[i].phase]);
	}
}

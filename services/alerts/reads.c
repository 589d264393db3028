/* reads - what alerts answers: messages in the order of their ids, newest last; those about a measure.
 *
 *   in:   ListAlerts, ReadMeasureMessages
 *   out:  answers; owns nothing */
#include "alerts.h"
#include "alerts.pb-c.h"
#include "alerts.sql.h"

void
alerts_list(struct reader *r, const void *m)
{
	const Alerts__ListAlerts *in = m;
	AlertsRows__Page args = ALERTS_ROWS__PAGE__INIT;
	Alerts__AlertList list = ALERTS__ALERT_LIST__INIT;
	struct page page;
	void **rows;

	if (!reader_page(r, in->maybe_limit_case, in->limit, in->maybe_cursor_case, in->cursor, &page))
		return;
	args.district = (char *)reader_district(r);
	args.after = (char *)page.after;
	args.limit_rows = (int64_t)page.limit + 1;              /* one more than shown: is there a next page? */
	args.on_day = reader_today(r);
	args.maybe_person_case = in->maybe_person_case ? ALERTS_ROWS__PAGE__MAYBE_PERSON_PERSON_ID : 0;
	args.person_id = in->person_id;
	size_t n = reader_rows(r, in->maybe_person_case ? &alerts_list_of_person : &alerts_list_all, &args, &rows);
	list.n_items = n > (size_t)page.limit ? (size_t)page.limit : n;
	list.items = (Alerts__Alert **)rows;
	if (n > list.n_items) {
		list.maybe_next_case = ALERTS__ALERT_LIST__MAYBE_NEXT_NEXT;
		list.next = reader_cursor(r, list.items[list.n_items - 1]->id);
	}
	reader_answer(r, &list.base);
}

/* Part of a case sheet: of what accountability knows and we do not, nobody was told. */
void
alerts_read_measure_messages(struct reader *r, const void *m)
{
	const Alerts__ReadMeasureMessages *in = m;
	AlertsRows__MeasureKey key = ALERTS_ROWS__MEASURE_KEY__INIT;
	Alerts__MeasureMessages out = ALERTS__MEASURE_MESSAGES__INIT;
	void **rows;

	key.district = (char *)reader_district(r);
	key.measure_id = in->id;
	out.n_messages = reader_rows(r, &alerts_messages_of_measure, &key, &rows);
	out.messages = (Alerts__MessageLine **)rows;
	reader_answer(r, &out.base);
}

# sample.awk - the sample district as files that its API takes.
#
#   awk -v today=YYYY-MM-DD -v out=DIRECTORY -f sample.awk working_days.csv villages.csv
#
# In: the system's civil date; the State Council's exceptions to Monday to Friday; the real townships and villages of 511703.
# Out, in DIRECTORY: townships (id, name, area: lines); units.csv without heads and heads.csv with them, villages.csv,
# persons.csv, postings.csv; checkins (NDJSON), early and late (findings as NDJSON: before the first payrolls are closed and
# after), months (those of the window that are over).  The same arguments give the same files.
#
# All people, units, postings, fences and events are made up: names end in 示例 and a number, no telephone number begins with 100
# and has eleven digits, and which villages are poor is our own choice (every third village committee, no community).  What
# happens lies in the half year before today, but never before the stipends of the notice begin (2017-08-01).

BEGIN {
	FS = ","
	units = 60
	split("赵 钱 孙 李 周 吴 郑 王 冯 陈 褚 卫 蒋 沈 韩 杨 朱 秦 尤 许 何 吕 施 张 孔 曹 严 华 金 魏", surname, " ")
	# How often a holder of the role is in the village on a working day.
	rate["first_secretary", "poor"] = 0.75;  rate["first_secretary", "non_poor"] = 0.54;  rate["team_member", "poor"] = 0.72
	rate["agri_technician", "poor"] = 0.27;  rate["credit_officer", "poor"] = rate["credit_officer", "non_poor"] = 0.21
	rate["legal_adviser", "poor"] = rate["contact_leader", "poor"] = 0.035
	rate["paired_helper", "non_poor"] = 0.06;  rate["agri_circuit", "non_poor"] = 0.08;  rate["legal_circuit", "non_poor"] = 0.012
	seed = 511703
}

/^#/ || $1 == "date" || $1 == "area_id" { next }
NF == 3 { exception[$1] = $2; next }
{
	n = ++villages
	village[n] = $4; name[n] = $5; township[n] = $2
	kind[n] = $5 ~ /村民委员会$/ && committees++ % 3 == 0 ? "poor" : "non_poor"
	if (!($2 in township_at)) {
		township_at[$2] = townships++
		print $2 "\t" $3 "\t" $1 > (out "/townships")
	}
}

END {
	find_window()
	make_units()
	make_villages()
	make_people()
	make_findings()
	make_checkins()
}

# ---- numbers that look random, the same with every awk

function random(below) {
	seed = seed * 16807 % 2147483647
	return int(seed / 2147483647 * below)
}

# ---- days, counted from 0000-03-01

function day_of(date,    y, m) {
	y = substr(date, 1, 4) + 0; m = substr(date, 6, 2) + 0
	if (m < 3) { m += 12; y-- }
	return 365 * y + int(y / 4) - int(y / 100) + int(y / 400) + int((153 * (m - 3) + 2) / 5) + substr(date, 9, 2) - 1
}

function date_of(day,    y, rest, m) {
	y = int((day + 0.5) / 365.2425)
	while (day < 365 * y + int(y / 4) - int(y / 100) + int(y / 400)) y--
	rest = day - (365 * y + int(y / 4) - int(y / 100) + int(y / 400))
	m = int((5 * rest + 2) / 153)
	rest -= int((153 * m + 2) / 5)
	return sprintf("%04d-%02d-%02d", y + (m > 9), m > 9 ? m - 9 : m + 3, rest + 1)
}

# 0000-03-01 was a Wednesday.
function is_working(day,    date) {
	date = date_of(day)
	return date in exception ? exception[date] : (day + 2) % 7 < 5
}

# ---- when it happens

function find_window(    y, m, day, i) {
	y = substr(today, 1, 4) + 0; m = substr(today, 6, 2) - (substr(today, 9) < "15" ? 6 : 5)
	if (m < 1) { m += 12; y-- }
	first_date = sprintf("%04d-%02d-01", y, m)
	if (first_date < "2017-08-01") first_date = "2017-08-01"
	first = day_of(first_date); last = day_of(today) - 1
	find_working_days()
	term_from = first_date < "2019" ? "2017-08-01" : sprintf("%04d-05-01", substr(today, 1, 4) - 1)
	term_to = later_year(term_from, 3)
	for (i = substr(first_date, 1, 7); i < substr(today, 1, 7); i = next_month(i))
		printf "%s ", i > (out "/months")
	print "" > (out "/months")
}

# Those of the year that has most of them: absences are counted by the calendar year (A1).  Not the very first day: the district's
# own policy begins a day later.
function find_working_days(    day, y, n, most) {
	for (day = first + 1; day <= last; day++)
		if (is_working(day)) n[substr(date_of(day), 1, 4)]++
	for (y in n)
		if (n[y] > n[most]) most = y
	for (day = first + 1; day <= last; day++)
		if (is_working(day) && substr(date_of(day), 1, 4) == most) working[workings++] = day
	year = most
}

function later_year(date, years) {
	return sprintf("%04d%s", substr(date, 1, 4) + years, substr(date, 5))
}

function next_month(month,    y, m) {
	y = substr(month, 1, 4) + 0; m = substr(month, 6, 2) + 1
	return m > 12 ? sprintf("%04d-01", y + 1) : sprintf("%04d-%02d", y, m)
}

# A working day on which something was found: 0 is the first, 1 the last.
function working_at(share) {
	return date_of(working[int(share * (workings - 1))])
}

# ---- units, villages

function make_units(    i) {
	print "id,name" > (out "/units.csv")
	print "id,name,head_person_id" > (out "/heads.csv")
	print "id,name,phone,unit_id,establishment" > (out "/persons.csv")
	for (i = 1; i <= units; i++) {
		printf "unit-%02d,示例单位%02d\n", i, i > (out "/units.csv")
		printf "unit-%02d,示例单位%02d,head-%02d\n", i, i, i > (out "/heads.csv")
		printf "head-%02d,示例单位负责人%d,100%08d,unit-%02d,civil_servant\n", i, i, i, i > (out "/persons.csv")
	}
}

# Townships lie in rows of six, their villages in rings around the middle.
function make_villages(    i, t, angle, far) {
	print "id,name,township_id,kind,lon,lat,radius_m" > (out "/villages.csv")
	for (i = 1; i <= villages; i++) {
		t = township_at[township[i]]
		angle = 2.399963 * i; far = 0.006 + 0.003 * (i % 9)
		lon[i] = 107.24 + 0.085 * (t % 6) + far * cos(angle)
		lat[i] = 30.92 + 0.085 * int(t / 6) + far * sin(angle)
		radius[i] = 800 + 100 * random(12)
		printf "%s,%s,%s,%s,%.5f,%.5f,%d\n", village[i], name[i], township[i], kind[i], lon[i], lat[i], radius[i] > (out "/villages.csv")
	}
}

# ---- people: the forces 5+2 of a poor village, 3+2 of another (C1)

function person(unit, establishment,    id) {
	id = sprintf("cadre-%02d", ++persons)
	unit_of[id] = sprintf("unit-%02d", unit)
	printf "%s,%s示例%s,100%08d,%s,%s\n", id, surname[(persons - 1) % 30 + 1], (persons > 1 ? persons : ""), 100 + persons, unit_of[id],
		establishment > (out "/persons.csv")
	return id
}

function posting(who, v, role, from, to,    until) {
	until = later_year(from, 3)
	postings++
	holder[postings] = who; at[postings] = v; role_of[postings] = role; since[postings] = day_of(from); ended[postings] = to ? day_of(to) : 0
	printf "posting-%02d,%s,%s,%s,%s,%s,%s,%s\n", postings, who, village[v], role, from, to, from, until > (out "/postings.csv")
}

# One person a village, from the unit that helps it; every fifth is in the second term, since 2017 the first of all.
function make_first_secretaries(of,    i, n, who, unit) {
	for (i = 1; i <= villages; i++) {
		if (kind[i] != of) continue
		n++
		unit = (n - 1) % units + 1
		who = person(unit, n % 2 ? "civil_servant" : "institution")
		helped_by[i] = unit
		posting(who, i, "first_secretary", persons == 1 ? "2017-08-01" : term_from, "")
		if (n % 5 == 0 && term_from > "2020")
			posting(who, i, "first_secretary", later_year(term_from, -3), term_from)
	}
}

# `each` villages, one after the other, share a person; every 90th is vacant.
function make_role(of, role, each, establishment,    i, n, who) {
	for (i = 1; i <= villages; i++) {
		if (kind[i] != of) continue
		if (n % each == 0) who = person(helped_by[i], establishment)
		if (++n % 90 != 0) posting(who, i, role, term_from, "")
	}
}

function make_people() {
	print "id,person_id,village_id,role,from,to,term_from,term_to" > (out "/postings.csv")
	make_first_secretaries("poor")
	make_role("poor", "team_member", 1, "civil_servant")
	make_first_secretaries("non_poor")
	make_role("poor", "agri_technician", 1, "institution")
	make_role("poor", "contact_leader", 4, "civil_servant")
	make_role("poor", "legal_adviser", 4, "other")
	make_role("poor", "credit_officer", 2, "other")
	make_role("non_poor", "paired_helper", 1, "civil_servant")
	make_role("non_poor", "agri_circuit", 10, "institution")
	make_role("non_poor", "agri_circuit", 10, "institution")
	make_role("non_poor", "legal_circuit", 15, "other")
	make_role("non_poor", "credit_officer", 2, "other")
}

# ---- what inspections found; the README's walk-through is about cadre-01, so he and his unit are left in peace

function finding(file, key, who, share, rest,    on) {
	on = working_at(share)
	if (rest ~ /absence/) away[who, day_of(on)] = 1
	printf "{\"key\":\"sample-%s\",\"%s\":\"%s\",\"on\":\"%s\",%s}\n", key, who ~ /^unit/ ? "unit_id" : "person_id", who, on, rest > (out "/" file)
}

function absence(file, key, who, share, source, confirmed) {
	finding(file, key, who, share, "\"kind\":\"unexcused_absence\",\"source\":\"" source "\"" (confirmed ? ",\"confirm\":true" : ""))
}

# Absences at these places of the half year, the first of them `begin`, a step apart.
function absences(file, number, times, begin, step, source,    i, who) {
	who = sprintf("cadre-%02d", number)
	for (i = 0; i < times; i++)
		absence(file, "absent-" number "-" (i + 1), who, begin + i * step, source, 1)
}

function make_findings(    i) {
	for (i = 0; i < 8; i++) absences("early", 10 + 3 * i, 1, 0.05 + 0.09 * i, 0.1, i % 2 ? "covert" : "night")
	for (i = 0; i < 4; i++) absences("early", 40 + 3 * i, 2, 0.08 + 0.06 * i, 0.12, "covert")
	# Third absences: recalls.  The last two are of one unit.
	absences("early", 55, 3, 0.10, 0.10, "night")
	absences("early", 60, 3, 0.15, 0.08, "covert")
	absences("early", 65, 3, 0.05, 0.15, "hotline")
	absences("early", 70, 3, 0.12, 0.09, "covert")
	absences("early", 70 + 114, 3, 0.20, 0.11, "night")
	# Known only after the first months have been paid.
	for (i = 0; i < 3; i++) absences("late", 190 + 4 * i, 1, 0.02 + 0.2 * i, 0.1, "covert")
	absences("late", 52, 1, 0.30, 0.1, "hotline")
	finding("late", "absent-85", "cadre-85", 0.75, "\"kind\":\"unexcused_absence\",\"source\":\"superior\",\"level\":\"city\",\"confirm\":true")
	# Still open; to be dismissed; to be annulled (sample.sh moves them by their keys).
	for (i = 1; i <= 5; i++) absence("late", "open-" i, sprintf("cadre-%02d", 100 + i), 1 - 0.02 * i, "covert", 0)
	for (i = 1; i <= 3; i++) absence("early", "dismiss-" i, sprintf("cadre-%d", 240 + i), 0.3 + 0.1 * i, "hotline", 0)
	absence("early", "annul-1", "cadre-31", 0.55, "night", 1)
	absence("early", "annul-2", "cadre-250", 0.35, "covert", 1)
	criticisms()
}

function criticism(key, who, share, number, rest) {
	finding("early", key, who, share, "\"kind\":\"written_criticism\",\"bulletin\":\"达区督〔" year "〕" number "号\"," rest)
}

function criticisms() {
	criticism("critic-1", "unit-20", 0.20, 3, "\"source\":\"covert\",\"confirm\":true")
	criticism("critic-2", "unit-22", 0.20, 3, "\"source\":\"covert\",\"confirm\":true")
	criticism("critic-3", "unit-22", 0.45, 7, "\"source\":\"hotline\",\"confirm\":true")
	criticism("critic-4", "unit-23", 0.20, 3, "\"source\":\"covert\",\"confirm\":true")
	criticism("critic-5", "unit-23", 0.45, 7, "\"source\":\"covert\",\"confirm\":true")
	criticism("critic-6", "unit-23", 0.70, 11, "\"source\":\"covert\",\"confirm\":true")
	criticism("critic-7", "unit-24", 0.60, 9, "\"source\":\"superior\",\"level\":\"province\",\"confirm\":true")
	criticism("critic-8", "cadre-80", 0.45, 7, "\"source\":\"covert\",\"confirm\":true")
	criticism("critic-9", "unit-25", 0.95, 12, "\"source\":\"covert\"")
	finding("early", "duty-1", "cadre-90", 0.40, "\"kind\":\"duty_failure\",\"source\":\"covert\",\"note\":\"工作台账不全\",\"confirm\":true")
	finding("early", "duty-2", "cadre-260", 0.65, "\"kind\":\"duty_failure\",\"source\":\"superior\",\"level\":\"city\",\"confirm\":true")
	finding("early", "discipline-1", "cadre-95", 0.50, "\"kind\":\"discipline_violation\",\"source\":\"hotline\",\"confirm\":true")
	finding("late", "funds-1", "cadre-99", 0.70, "\"kind\":\"fund_misuse\",\"source\":\"hotline\"")
}

# ---- half a year of check-ins, day by day

function make_checkins(    day, i, often) {
	for (day = first; day <= last; day++) {
		often = is_working(day) ? 1 : 0.05
		for (i = 1; i <= postings; i++)
			if (since[i] <= day && (!ended[i] || day < ended[i]) && random(10000) < 10000 * often * rate_of(i) && !((holder[i], day) in away))
				checkin(i, day)
	}
}

# One in forty is seldom there.
function rate_of(i) {
	return rate[role_of[i], kind[at[i]]] * (i % 40 == 7 ? 0.4 : 1)
}

# Mostly well inside the fence; some with a poor fix, with none, or from elsewhere.
function checkin(i, day,    v, luck, far, angle, fix) {
	v = at[i]; luck = random(100); angle = random(628) / 100
	far = (luck < 4 ? 4 + random(3) : random(60) / 100) * radius[v] / 111000
	if (luck >= 9)
		fix = sprintf(",\"lon\":%.6f,\"lat\":%.6f,\"accuracy_m\":%d", lon[v] + far * cos(angle), lat[v] + far * sin(angle),
			luck < 16 ? 2500 : 5 + random(25))
	else if (luck < 4)
		fix = sprintf(",\"lon\":%.6f,\"lat\":%.6f,\"accuracy_m\":20", lon[v] + far * cos(angle), lat[v] + far * sin(angle))
	printf "{\"person_id\":\"%s\",\"village_id\":\"%s\",\"captured_at\":\"%sT%02d:%02d:00+08:00\"%s}\n", holder[i], village[v],
		date_of(day), 7 + random(11), random(60), fix > (out "/checkins")
}

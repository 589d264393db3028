# sql2c.awk - a file of named statements as a C table.
#   awk -v svc=funding -v name=funding_payroll -v out=h -f sql2c.awk payroll.sql > funding_payroll.sql.h    and again with out=c
#
#   -- name: month_lines MonthKey -> MonthLine          args and row are messages of <svc>_rows.proto
#   -- name: wipe common.Empty ->                       or package.Message; "-" for no args, nothing for no row
#   select … where district = :district
#   ;
# gives   extern const struct store_stmt funding_month_lines;    and funding_payroll_sql, all of the file
function snake(s,  i, c, o) {              # CamelCase → camel_case, as protoc-c does
    o = ""
    for (i = 1; i <= length(s); i++) { c = substr(s, i, 1); o = o (c ~ /[A-Z]/ && i > 1 && substr(s, i - 1, 1) != "." ? "_" : "") tolower(c) }
    return o
}
function descriptor(m) {
    if (m == "" || m == "-") return "NULL"
    if (index(m, ".") == 0) m = svc "_rows." m
    split(m, part, ".")
    if (!(part[1] in seen)) { seen[part[1]] = 1; includes = includes "#include \"" part[1] ".pb-c.h\"\n" }
    return "&" part[1] "__" snake(part[2]) "__descriptor"
}
function number_params(line,  o, pre, nm) {
    sub(/--.*/, "", line); o = ""
    while (match(line, /(^|[^:a-z]):[a-z_][a-z0-9_]*/)) {
        nm = substr(line, RSTART, RLENGTH); pre = substr(line, 1, RSTART - 1)
        if (substr(nm, 1, 1) != ":") { pre = pre substr(nm, 1, 1); nm = substr(nm, 2) }
        nm = substr(nm, 2)
        if (!(nm in idx)) { idx[nm] = ++np; names[np] = nm }
        o = o pre "$" idx[nm]
        line = substr(line, RSTART + RLENGTH)
    }
    return o line
}
/^-- name:/ {
    stmt = $3; args = $4; row = ($5 == "->") ? $6 : ""
    np = 0; split("", idx); split("", names); body = ""; open = 1
    next
}
open {
    l = number_params($0)
    if (l ~ /^[ \t]*$/) next
    done = sub(/;[ \t]*$/, "", l)
    gsub(/\\/, "\\\\", l); gsub(/"/, "\\\"", l)
    if (l !~ /^[ \t]*$/) body = body "\t\t\"" l "\\n\"\n"
    if (done) { emit(); open = 0 }
}
function emit(  i, f) {
    f = svc "_" stmt
    decls = decls "extern const struct store_stmt " f ";\n"
    defs = defs "const struct store_stmt " f " = {\n\t.name = \"" f "\",\n\t.text =\n" body "\t,\n\t.params = {"
    for (i = 1; i <= np; i++) defs = defs (i > 1 ? ", " : " ") "\"" names[i] "\""
    defs = defs " }, .nparams = " np ",\n\t.args = " descriptor(args) ", .row = " descriptor(row) ",\n};\n\n"
    list = list "\t&" f ",\n"; n++
}
END {
    printf "/* Made by sql2c.awk for %s. */\n", name
    if (out == "h") {
        printf "#pragma once\n#include \"store/store.h\"\n\n%s\n/* all of them, for the check at start */\n", decls
        printf "extern const struct store_stmt *const %s_sql[];\nenum { %s_SQL_COUNT = %d };\n", name, toupper(name), n
    } else {
        printf "#include \"%s.sql.h\"\n%s\n%sconst struct store_stmt *const %s_sql[] = {\n%s};\n", name, includes, defs, name, list
    }
}

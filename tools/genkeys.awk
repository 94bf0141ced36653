# SPDX-License-Identifier: LGPL-2.1-or-later
# genkeys.awk - fills a manual page or a completion with what the table of keys says.
#
#     awk -f tools/genkeys.awk src/plan/options.def man/profile-keys.txt doc/errors.md TEMPLATE >RESULT
#
# A line of the template that is @NAME@ and nothing else is replaced: @TYPES@ @KEYS@ @ERRORS@ @LINTS@ @OPTIONS@ in manual
# pages, @BASH-KEYS@ @ZSH-OPTIONS@ @ZSH-KEYS@ @FISH-OPTIONS@ @FISH-KEYS@ in completions, @DICT-KEYS@ @DICT-OPTIONS@ in the
# fuzzers' dictionaries. All else is copied. Anything that does not fit together ends it with an error: a type without a
# description, a description without its key, an unknown error.

function die(what)
{
	print "genkeys.awk: " what | "cat >&2"
	failed = 1
	exit 1
}

# --- src/plan/options.def ---------------------------------------------------------------------------

# The rows of the table, whatever their layout: OPTION(ID, "section", "key", ...), "strings" "side by side" are one.
function read_rows(text,    n, i, c, quoted, field, escaped)
{
	while ((i = index(text, "/*")) > 0) {
		n = index(substr(text, i), "*/")
		if (n == 0)
			die("options.def: a comment does not end")
		text = substr(text, 1, i - 1) " " substr(text, i + n + 1)
	}
	while ((i = index(text, "OPTION(")) > 0) {
		text = substr(text, i + 7)
		split("", f)
		field = 1
		quoted = escaped = 0
		for (i = 1; i <= length(text); i++) {
			c = substr(text, i, 1)
			if (quoted && !escaped && c == "\\")
				escaped = 1
			else if (c == "\"" && !escaped)
				quoted = !quoted
			else if (!quoted && c == ")")
				break
			else if (!quoted && c == ",")
				field++
			else if (quoted || c !~ /[ \t\n]/) {
				f[field] = f[field] c
				escaped = 0
			}
		}
		if (field != 12)
			die("options.def: row " (rows + 1) " has " field " columns, not 12")
		take_row()
		text = substr(text, i + 1)
	}
}

function take_row(    name)
{
	rows++
	section[rows] = f[2]
	key[rows] = f[3]
	type[rows] = f[4]
	class[rows] = f[5]
	initial[rows] = f[6]
	has_initial[rows] = f[6] != "NULL"
	layers[rows] = f[7]
	alias[rows] = f[9] == "NULL" ? "" : f[9]
	metavar[rows] = f[10]
	help[rows] = f[11]
	example[rows] = f[12]
	name = f[2] "." f[3]
	is_key[name] = 1
	is_section[f[2]] = 1
	is_type[f[4]] = 1
}

# --- man/profile-keys.txt and doc/errors.md ------------------------------------------------------------

function take_notes(line,    word, n)
{
	if (line ~ /^#/)
		return
	n = split(line, word, / +/)
	if (line ~ /^(type|section|key) [^ ]+$/) {
		note = word[1] " " word[2]
		has_note[note] = 1
		if (word[1] == "type")
			types[++type_count] = word[2]
	} else if (note != "" && word[1] == "errors") {
		errors[note] = substr(line, 8)
	} else if (note != "" && word[1] == "words") {
		words[note] = substr(line, 7)
	} else if (note != "" && word[1] == "complete" && n == 2) {
		if (word[2] !~ /^(bind|path|dir|profile|variable|assign|syscall)$/)
			die("profile-keys.txt: " note ": nothing completes " word[2])
		complete[note] = word[2]
	} else if (line != "") {
		notes[note] = notes[note] line "\n"
	}
}

# | `config.word` | meaning | remedy |
function take_error(line,    cell)
{
	if (line !~ /^\| `/)
		return
	split(line, cell, / *\| */)
	gsub(/`/, "", cell[2])
	error_ids[++error_count] = cell[2]
	is_error[cell[2]] = 1
	meaning[cell[2]] = cell[3]
	remedy[cell[2]] = cell[4]
}

function check_notes(    n, i, name, word, ids, k)
{
	for (name in is_type)
		if (!(("type " name) in has_note))
			die("profile-keys.txt: type " name " is missing")
	for (name in is_section)
		if (!(("section " name) in has_note))
			die("profile-keys.txt: section " name " is missing")
	for (name in has_note) {
		split(name, word, " ")
		if ((word[1] == "key" && !(word[2] in is_key)) || (word[1] == "section" && !(word[2] in is_section)) ||
		    (word[1] == "type" && !(word[2] in is_type)))
			die("profile-keys.txt: options.def has no " name)
		k = split(errors[name], ids, " ")
		for (i = 1; i <= k; i++)
			if (!(ids[i] in is_error))
				die("profile-keys.txt: " name ": doc/errors.md has no " ids[i])
	}
}

# --- mdoc(7) --------------------------------------------------------------------------------------------

# Text that no macro and no request can begin in, and no escape.
function mdoc(text)
{
	gsub(/\\/, "\\e", text)
	if (text ~ /^[.']/)
		text = "\\&" text
	return text
}

# Lines of text in less than 80 columns, as mandoc -T lint asks for; those of macros stay.
function folded(text,    line, n, i, at, out)
{
	n = split(text, line, "\n")
	for (i = 1; i <= n; i++) {
		while (line[i] !~ /^[.]/ && length(line[i]) > 78) {
			for (at = 78; at > 1 && substr(line[i], at, 1) != " "; at--)
				;
			if (at <= 1)
				break
			out = out (out == "" ? "" : "\n") substr(line[i], 1, at - 1)
			line[i] = substr(line[i], at + 1)
			if (line[i] ~ /^[.']/)
				line[i] = "\\&" line[i]
		}
		out = out (out == "" ? "" : "\n") line[i]
	}
	return out
}

# An argument of a macro: quoted, and never taken for a macro or for punctuation.
function arg(text)
{
	text = mdoc(text)
	gsub(/"/, "\\(dq", text)
	if (text ~ /^[A-Z%][a-z][a-z]?$/ || text ~ /^[][().,:;?!|]/)
		text = "\\&" text
	return text ~ /[ \t]/ || text == "" ? "\"" text "\"" : text
}

# Markdown's `code` becomes .Ql code on a line of its own.
function markdown(text,    part, n, i, out, tail)
{
	n = split(text, part, "`")
	for (i = 1; i <= n; i++) {
		if (i % 2 == 1) {
			tail = part[i]
			if (i > 1 && match(tail, /^[.,;:)]+/)) {
				out = out " " substr(tail, 1, 1) (RLENGTH > 1 ? " " substr(tail, 2, RLENGTH - 1) : "")
				tail = substr(tail, RLENGTH + 1)
			}
			sub(/^ +/, "", tail)
			sub(/ +$/, "", tail)
			if (tail != "")
				out = out (out == "" ? "" : "\n") mdoc(tail)
		} else {
			out = out (out == "" ? "" : "\n") ".Ql " arg(part[i])
		}
	}
	return out
}

# A word before a colon is one that is written just so.
function sentence(text)
{
	if (text ~ /^[a-z-]+:/)
		return text "."
	return toupper(substr(text, 1, 1)) substr(text, 2) "."
}

# What stands behind KEY =: the words themselves, or what is to be written instead.
function shape(i,    n, word, k, behind, out)
{
	if (type[i] != "ENUM" && type[i] != "BOOL" && type[i] != "SPACE")
		return "Ar " arg(metavar[i])
	n = split(metavar[i], word, "|")
	for (k = 1; k <= n; k++) {
		# A word that something stands behind: join:NAME.
		behind = substr(word[k], index(word[k] ":", ":") + 1)
		out = out (k > 1 ? " | " : "") "Cm " arg(substr(word[k], 1, length(word[k]) - length(behind)))
		if (behind != "")
			out = out "\\& Ns Ar " arg(behind)
	}
	return out
}

function put_types(    i, name)
{
	for (i = 1; i <= type_count; i++) {
		name = types[i]
		print ".It Sy " tolower(name)
		printf "%s", notes["type " name]
	}
}

function put_keys(    i, name, last)
{
	for (i = 1; i <= rows; i++) {
		if (section[i] != last) {
			if (last != "")
				print ".El"
			last = section[i]
			print ".Ss " last
			printf "%s", notes["section " last]
			print ".Bl -tag -width 4n"
		}
		name = section[i] "." key[i]
		print ".It Cm " key[i] " No = " shape(i)
		put_text(sentence(help[i]))
		printf "%s", notes["key " name]
		print ".Pp"
		print ".Bl -tag -width \"Example\" -compact"
		print ".It Type"
		print tolower(type[i]) (class[i] == "LIST" ? ", a list" : "")
		print ".It Default"
		if (has_initial[i])
			print ".Cm " arg(initial[i])
		else
			print (class[i] == "LIST" ? "empty" : "none")
		print ".It Set in"
		put_layers(i, name)
		print ".It Example"
		print ".Li " arg(key[i] " = " example[i])
		put_key_errors(type[i], name)
		print ".El"
	}
	print ".El"
}

# Sentences each on a line of its own.
function put_text(text)
{
	gsub(/\. /, ".\n", text)
	print folded(mdoc(text))
}

function put_layers(i, name)
{
	if (layers[i] == "FILE") {
		print "profiles only"
		return
	}
	print "profiles, or on the command line with"
	if (alias[i] != "")
		print ".Fl -" alias[i] " Ar " arg(metavar[i]) "\nor"
	print ".Fl -set Cm " name " Ns = Ns Ar VALUE"
}

# .Li keeps an id in one line, hyphens or not.
function put_key_errors(of_type, name,    n, id, k, text, seen)
{
	n = split(errors["type " of_type] " " errors["key " name], id, " ")
	split("", seen)
	for (k = 1; k <= n; k++) {
		if (id[k] in seen)
			continue
		seen[id[k]] = 1
		text = text (text == "" ? "" : " ,\n") ".Li " id[k]
	}
	print ".It Errors"
	print (text == "" ? "none" : text)
}

# The errors of one kind, with what to do.
function put_errors(of_kind,    i, id)
{
	for (i = 1; i <= error_count; i++) {
		id = error_ids[i]
		if (index(id, of_kind ".") != 1)
			continue
		print ".It Sy " id
		print folded(markdown(sentence(meaning[id])))
		if (remedy[id] != "")
			print folded(markdown(sentence(remedy[id])))
	}
}

function put_options(    i)
{
	for (i = 1; i <= rows; i++) {
		if (alias[i] == "" || layers[i] != "ANY")
			continue
		print ".It Fl -" alias[i] " Ar " arg(metavar[i])
		put_text(sentence(help[i]))
		print "The key"
		print ".Cm " section[i] "." key[i] " ."
	}
}

# --- completions ------------------------------------------------------------------------------------------

# How values are completed: by their words, or as profile-keys.txt says of the key or the type, or not at all.
function kind(i,    of_key, of_type)
{
	of_key = "key " section[i] "." key[i]
	of_type = "type " type[i]
	if (of_key in complete)
		return complete[of_key]
	if (type[i] == "ENUM" || type[i] == "BOOL" || of_key in words || of_type in words)
		return "words"
	return of_type in complete ? complete[of_type] : "none"
}

function choices(i,    text)
{
	if (kind(i) != "words")
		return ""
	if (("key " section[i] "." key[i]) in words)
		return words["key " section[i] "." key[i]]
	if (("type " type[i]) in words)
		return words["type " type[i]]
	text = metavar[i]
	gsub(/\|/, " ", text)
	return text
}

function quote(text)
{
	gsub(/'/, "'\\''", text)
	return text
}

# KEY OPTION-or-"-" LAYERS KIND [CHOICE...]
function put_bash(    i)
{
	for (i = 1; i <= rows; i++)
		print section[i] "." key[i] " " (alias[i] == "" ? "-" : "--" alias[i]) " " tolower(layers[i]) " " \
		      kind(i) (choices(i) == "" ? "" : " " choices(i))
}

# A description inside an option of _arguments.
function zsh_text(text)
{
	gsub(/[\\:[]|\]/, "\\\\&", text)
	return quote(text)
}

function put_zsh_options(    i)
{
	for (i = 1; i <= rows; i++)
		if (alias[i] != "")
			print "\t'*--" alias[i] "=[" zsh_text(help[i]) "]:" zsh_text(metavar[i]) ": _pinfold_value " \
			      section[i] "." key[i] "'"
}

function put_zsh_keys(    i)
{
	for (i = 1; i <= rows; i++)
		print "\t'" section[i] "." key[i] "' '" tolower(layers[i]) " " kind(i) \
		      (choices(i) == "" ? "" : " " quote(choices(i))) "' '" quote(help[i]) "'"
}

function fish(text)
{
	gsub(/[\\']/, "\\\\&", text)
	return text
}

function put_fish_options(    i)
{
	for (i = 1; i <= rows; i++)
		if (alias[i] != "")
			print "complete -c pinfold -n __pinfold_at_options -x -l " alias[i] " -d '" fish(help[i]) \
			      "' -a '(__pinfold_values " section[i] "." key[i] " \"\")'"
}

function put_fish_keys(    i)
{
	for (i = 1; i <= rows; i++)
		print "    echo '" section[i] "." key[i] " " tolower(layers[i]) " " kind(i) " " fish(choices(i)) "\t" \
		      fish(help[i]) "'"
}

# --- dictionaries of libFuzzer ------------------------------------------------------------------------------

function dict(text)
{
	gsub(/[\\"]/, "\\\\&", text)
	gsub(/\n/, "\\x0a", text)
	return "\"" text "\""
}

function put_dict_keys(    i, n, word, k, last)
{
	for (i = 1; i <= rows; i++) {
		if (section[i] != last)
			print dict("\n[" section[i] "]\n")
		last = section[i]
		print dict("\n" key[i] " = ")
		print dict("\n#set " section[i] "." key[i] "=")
		print dict(example[i])
		n = split(choices(i), word, " ")
		for (k = 1; k <= n; k++)
			print dict(word[k])
	}
}

function put_dict_options(    i)
{
	for (i = 1; i <= rows; i++) {
		if (alias[i] != "")
			print dict("--" alias[i] "=") "\n" dict("\n--" alias[i] "\n")
		print dict("\n--set\n" section[i] "." key[i] "=")
		print dict(example[i])
	}
}

# --- the template ---------------------------------------------------------------------------------------

FNR == 1 { file++ }
file == 1 { def = def $0 "\n"; next }
file == 2 { take_notes($0); next }
file == 3 { take_error($0); next }
FNR == 1 {
	read_rows(def)
	if (rows == 0)
		die("options.def has no rows")
	check_notes()
}
$0 == "@TYPES@" { put_types(); next }
$0 == "@KEYS@" { put_keys(); next }
$0 == "@ERRORS@" { put_errors("config"); next }
$0 == "@LINTS@" { put_errors("lint"); next }
$0 == "@OPTIONS@" { put_options(); next }
$0 == "@BASH-KEYS@" { put_bash(); next }
$0 == "@ZSH-OPTIONS@" { put_zsh_options(); next }
$0 == "@ZSH-KEYS@" { put_zsh_keys(); next }
$0 == "@FISH-OPTIONS@" { put_fish_options(); next }
$0 == "@FISH-KEYS@" { put_fish_keys(); next }
$0 == "@DICT-KEYS@" { put_dict_keys(); next }
$0 == "@DICT-OPTIONS@" { put_dict_options(); next }
/^@[A-Z-]+@$/ { die("the template asks for " $0 ", which nobody makes") }
{ print }
END {
	if (!failed && file != 4)
		die("usage: awk -f genkeys.awk options.def profile-keys.txt errors.md TEMPLATE")
}

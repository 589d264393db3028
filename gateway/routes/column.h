/* column - a column of a file that a list becomes. */
#pragma once

/* The same number of fen may stand in two columns, as yuan for people and as fen for programs. */
enum cell_kind { CELL_TEXT, CELL_YUAN, CELL_FEN };
struct column { const char *name, *title; enum cell_kind kind; };      /* outlive the sheet */

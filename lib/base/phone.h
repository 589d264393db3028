/* phone - a phone number as anybody may see it, and what of it tells it from others.  Pure. */
#pragma once

/* 13812348000 is 138****8000, with or without +86; of a number too short for that the last two digits.  How many digits
 * are hidden is not told. */
enum { PHONE_MASKED_MAX = 12 };
void phone_masked(const char *phone, char out[PHONE_MASKED_MAX]);

/* Its digits, however it is written, without the country code of China. */
enum { PHONE_DIGITS_MAX = 33 };
void phone_digits(const char *phone, char out[PHONE_DIGITS_MAX]);

"""Links what one person answered before and after, by a code that only they can make again.

    element   = letters and digits, without case, accents or spaces
    tag of all = HMAC-SHA256(k_link of the initiative, "link v1" || the elements)[:16]
    tag i      = the same with a mark in the place of element i

The tags travel inside the sealed sheet and are laid side by side at the count. With k_link anyone
could try all codes, so hashing is no anonymity: only destroying k_link is, which happens when the
last wave is counted.
"""

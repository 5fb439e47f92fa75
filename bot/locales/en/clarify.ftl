# A clarification: which program is meant.

clarify-product = Which program is it: { $products }?
clarify-or = { $first } or { $second }

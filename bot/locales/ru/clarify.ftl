# Уточнение: о какой программе речь.

clarify-product = Какая программа: { $products }?
clarify-or = { $first } или { $second }

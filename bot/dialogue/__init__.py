"""Where a customer stands in the talk: aiogram's FSM storage over our database."""

"""The ground floor: clock, Vietnamese text, phone numbers, secrets, forms, paging. Knows nothing of festivals."""

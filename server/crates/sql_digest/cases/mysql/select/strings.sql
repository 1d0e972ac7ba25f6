SELECT 'it\'s', "a\"b", 'a' 'b', N'c', _utf8mb4'd', x'ff', 0xFF, b'1', \N
=== normal form
select ?, ?, ?, ?, _utf8mb4 ?, ?, ?, ?, ?
=== tables


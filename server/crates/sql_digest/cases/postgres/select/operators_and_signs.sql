SELECT a<-1, b=-2, c||-3, @ -4, d !~* 'x', e <-> f, g != h
=== normal form
select a < ?, b = ?, c ||- ?, @ ?, d !~* ?, e <-> f, g <> h
=== tables


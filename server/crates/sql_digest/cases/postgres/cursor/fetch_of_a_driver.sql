FETCH FORWARD 100 FROM "_django_curs_1396_sync_7"
=== normal form
fetch forward ? from ?
=== tables


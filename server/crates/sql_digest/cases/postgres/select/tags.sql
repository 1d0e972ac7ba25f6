SELECT 1 FROM t /*action='index',controller='orders',framework='rails',traceparent='00-ab'*/
=== normal form
select ? from t
=== tables
t
=== tags
controller=orders
action=index
framework=rails

/*application:Shop,controller:carts,action:show,line:/app/x.rb:3*/ SELECT 1 FROM carts
=== normal form
select ? from carts
=== tables
carts
=== tags
controller=carts
action=show
application=Shop

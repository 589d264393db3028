-- service_005.sql - what the operator may see of a service; engine.show_operator() is told again whenever its schema has grown.

select engine.show_operator(:'service');

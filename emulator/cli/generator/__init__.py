"""What is made of the commands' definition before anybody types one."""

"""A knock on the phone when a message waits on the chat page (Web Push): it says only that there is one."""

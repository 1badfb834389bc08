"""What needs Airflow: the retry policy, the bodies of the tasks, preloading for workers."""

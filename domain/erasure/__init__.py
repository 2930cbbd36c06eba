"""案卷保管与销毁: retention, borrowing and erasure of closed cases – the same acts and facts for every kind of case."""

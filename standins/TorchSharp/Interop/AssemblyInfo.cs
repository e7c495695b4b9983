[assembly: System.Runtime.CompilerServices.DisableRuntimeMarshalling]
[module: System.Runtime.CompilerServices.SkipLocalsInit]

extern "C" int palabre_kernel_version(){return 1;}

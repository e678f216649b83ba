#include "solvency.h"
